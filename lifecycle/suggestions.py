"""Readers' input to the guide: sent by a reader, answered once by an admin."""

from django.utils.translation import gettext as _

from lifecycle.models import Facet, Stage, Suggestion


class Refused(Exception):
    """A suggestion cannot be answered so; the message says why."""


def suggest(stage: Stage, *, facet: Facet, text: str, author: str) -> Suggestion:
    """Put a reader's text into the admin's queue. The same text sent twice stands there once."""
    suggestion, _created = Suggestion.objects.get_or_create(
        stage=stage, facet=facet, text=text, author=author, state=Suggestion.State.NEW
    )
    return suggestion


def accept(suggestion: Suggestion, *, answer: str) -> None:
    """Take the suggestion up; the admin writes what follows from it into the definition."""
    _answer(suggestion, Suggestion.State.ACCEPTED, answer)


def decline(suggestion: Suggestion, *, answer: str) -> None:
    """Do not take the suggestion up, and tell its author why."""
    if not answer.strip():
        raise Refused(_("Write an answer: whoever suggested this will read why it is declined."))
    _answer(suggestion, Suggestion.State.DECLINED, answer)


def _answer(suggestion: Suggestion, state: Suggestion.State, answer: str) -> None:
    waiting = Suggestion.objects.filter(pk=suggestion.pk, state=Suggestion.State.NEW)
    if not waiting.update(state=state, answer=answer.strip()):
        raise Refused(_("Somebody has answered this suggestion already."))
    suggestion.refresh_from_db()
