"""The two answers to a risk signal."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from teams.dashboard.people import crew_of
from teams.dashboard.signals import MITIGATIONS, WEIGHTS
from teams.forms import OneOfSeveral, RiskForm, Words
from teams.models import Signal, Team, User

#: Days until the first review of what a signal became.
REVIEW_DAYS = 30


class AcceptForm(RiskForm):
    """The signal as a risk of the register; `seen` is its degree on the person's screen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class DismissForm(OneOfSeveral):
    """Why it is no risk."""

    ids = "dismiss"
    reason = Words(label=_("Why it is no risk"), max_length=2000)
    seen = forms.IntegerField(widget=forms.HiddenInput)


def proposed(team: Team, signal: Signal) -> dict[str, Any]:
    """What the form begins with: the risk of the catalogue that it matches, how grave, and whose. One query."""
    kind = Signal.Kind(signal.kind)
    likelihood, impact = WEIGHTS[kind]
    return {
        "text": signal.catalogue.text if signal.catalogue else f"{signal}.",
        "owner": _owner(team, signal),
        "likelihood": likelihood,
        "impact": impact,
        "mitigation": str(MITIGATIONS[kind]),
        "review_on": clock.today() + timedelta(days=REVIEW_DAYS),
        "seen": signal.degree,
    }


def _owner(team: Team, signal: Signal) -> User | None:
    """Whom it is about, the partner where the partner is silent, else the activator; nobody of whom there is none."""
    crew = crew_of(team)
    held = crew.partners if signal.kind == Signal.Kind.SILENCE else crew.activators
    named = next((each.user for each in held if each.user.pk == signal.who_id), None)
    return named or next((each.user for each in held), None)
