"""The jobs of this app: each handler names its verb and nothing else."""

from lifecycle import jobs
from teams import glances, letters, signals


@jobs.handles("glances", every=jobs.hourly)
def look_again(run: jobs.Run) -> None:
    """Key: the hour, so that a new day is seen in its first minute; and the number of the batch."""
    glances.catch_up(run.key)


@jobs.handles("signals", every=jobs.daily)
def look_for_signals(run: jobs.Run) -> None:
    """Key: the day, and the number of the batch."""
    signals.look_at_all(run.key)


@jobs.handles("invitation-mail")
def mail_invitation(run: jobs.Run) -> None:
    """Key: the invitation."""
    letters.send_invitation(int(run.key))


@jobs.handles("address-mail")
def mail_confirmation(run: jobs.Run) -> None:
    """Key: the change of an address."""
    letters.send_confirmation(int(run.key))


@jobs.handles("former-address-mail")
def mail_former_address(run: jobs.Run) -> None:
    """Key: the change of an address, which has been confirmed."""
    letters.tell_former(int(run.key))
