"""Who is named in a text that is to be published: those who work with the team, and people whom an app above knows."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from teams.models import CaseStudyText, Membership, Team

#: Of a team, the names of people who must not be published without their word. One query.
Teller = Callable[[Team], Iterable[str]]
_tellers: list[Teller] = []
#: Letters that a name has at least: shorter ones are words of every language.
LEAST: Final = 4
WORD: Final = re.compile(r"[^\W_]+")


def tells(teller: Teller) -> Teller:
    """Adds whom somebody knows."""
    _tellers.append(teller)
    return teller


@tells
def members(team: Team) -> list[str]:
    """Everybody who has held a role on the team."""
    return [str(each.user) for each in Membership.objects.filter(team=team).select_related("user")]


def named_in(text: CaseStudyText) -> list[str]:
    """The names that stand in a text, whole and in any case, in order."""
    words = _plain(" ".join([text.title, *text.sections.values()]))
    names = {name for teller in _tellers for name in teller(text.team)}
    return sorted(name for name in names if len(plain := _plain(name).strip()) >= LEAST and f" {plain} " in words)


def _plain(words: str) -> str:
    """The words alone, one space around each."""
    return f" {' '.join(WORD.findall(words.casefold()))} "
