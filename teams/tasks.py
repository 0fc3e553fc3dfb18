"""The jobs of this app: each handler names its verb and nothing else."""

from datetime import date

from django.contrib.sessions.backends.db import SessionStore

from lifecycle import jobs
from teams import glances, letters, mails, notifications, reminders, signals


@jobs.handles("gate")
def judge_again(run: jobs.Run) -> None:
    """Key: the team's id. A tick or a waiver has moved it: who waits for its gate hears of that soon."""
    glances.refresh([int(run.key)], tell=True)


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


@jobs.handles("account-mail")
def mail_account(run: jobs.Run) -> None:
    """Key: the account, and what it is written about."""
    pk, _slash, about = run.key.partition("/")
    letters.tell_account(int(pk), about)


@jobs.handles("mail")
def send_mail(run: jobs.Run) -> None:
    """Key: the notification's id."""
    mails.one(int(run.key))


@jobs.handles("digests", every=jobs.daily)
def ask_for_digests(run: jobs.Run) -> None:
    """Key: the day."""
    mails.ask_digests(date.fromisoformat(run.key))


@jobs.handles("digest")
def send_digest(run: jobs.Run) -> None:
    """Key: the account's id and the day."""
    user_id, _slash, day = run.key.partition("/")
    mails.digest(int(user_id), date.fromisoformat(day))


@jobs.handles("reminders", every=jobs.daily)
def remind(run: jobs.Run) -> None:
    """Key: the day."""
    reminders.remind()


@jobs.handles("forgetting", every=jobs.daily)
def forget(run: jobs.Run) -> None:
    """Key: the day. What was told long ago, and log-ins that have run out."""
    notifications.forget()
    SessionStore.clear_expired()
