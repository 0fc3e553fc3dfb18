"""What the demo organisation has made of its risk signals: some wait for an answer, one is dismissed."""

from teams import signals
from teams.models import Role, Signal, Team

#: Whose partner knows better.
DISMISSED = {"lantern": "Both who left the core are on leave until the spring, and have said so."}


def answer(teams: list[Team]) -> None:
    """Look at the data of every team, and dismiss what is dismissed."""
    signals.look([team.pk for team in teams])
    for team in teams:
        if reason := DISMISSED.get(team.slug):
            partner = team.memberships.filter(role=Role.PARTNER).select_related("user")[0].user
            for signal in Signal.objects.filter(team=team, state=Signal.State.OPEN):
                signals.dismiss(signal, actor=partner, seen=signal.degree, reason=reason)
