"""What tells that somebody may be a bot. A source's own field flags whom it tells of at first sight; patterns ask.

A field is trusted for people met for the first time: flagged at once, with an entry in the log by nobody. Of somebody
who was known, it only asks, as a pattern does, and of somebody of whom a person has said that they are no bot (or are
one), neither says anything any more. Whoever is asked about is listed until a person decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pathways import contributors, presence
from pathways.contributors import log
from pathways.models import Contributor, ContributorEvent
from pathways.rights import knowing
from pathways.turns import turn
from teams.models import Team, User

#: Sign: the column that it is read of, and a regular expression, in which PostgreSQL and Python agree; case folded.
PATTERNS: Final = {
    "account": ("username", r"(\[bot\]|[-_.]bot)$"),
    "name": ("name", r"(\[bot\]|(^|[-_. ])bot)$"),
    "address": ("email", r"(\[bot\]|(^|[-_.+])bot)@"),
    "automation": ("email", r"^([0-9]+\+)?(dependabot|renovate|greenkeeper|github-actions?|weblate|jenkins|travis)\y"),
}
TOLD: Final = "told"
WORDS: Final = {
    "account": _("an account named as those of bots are"),
    "name": _("a name as bots have"),
    "address": _("an address as bots have"),
    "automation": _("named like a known service"),
    TOLD: _("its source says so"),
}
#: A person's word, or the flag itself.
DECIDED: Final = ("bot", "no bot")

_NOTE: Final = """
INSERT INTO pathways_contributorevent (contributor_id, action, detail)
SELECT DISTINCT c.id, CASE WHEN c.is_bot THEN 'bot' ELSE 'bot told' END, '{{"because": "source"}}'::jsonb
  FROM {table} t JOIN pathways_contributor c ON c.id = t.contributor_id
 WHERE t.is_bot AND c.erased_at IS NULL AND NOT EXISTS (
       SELECT FROM pathways_contributorevent e
        WHERE e.contributor_id = c.id AND e.action IN ('bot', 'no bot', 'bot told'))
"""


@dataclass(frozen=True)
class BotSign:
    """Somebody who may be a bot, and by which signs."""

    contributor: Contributor
    signs: Sequence[str]

    @property
    def reasons(self) -> list[str]:
        """The signs in words."""
        return [str(WORDS[sign]) for sign in self.signs]


def note_told(cursor: CursorWrapper, *, table: str) -> None:
    """Write down, once, of whom the rows of a resolved table with `is_bot` say that they are bots."""
    cursor.execute(_NOTE.format(table=table))


def suggested(team: Team, *, most: int) -> list[BotSign]:
    """Those of a team who may be bots, and of whom nobody has said anything; at most so many."""
    undecided = _undecided(team)
    found: dict[int, set[str]] = {}
    for sign, (column, pattern) in PATTERNS.items():
        alike = presence.known_identities(team).filter(**{f"{column}__iregex": pattern}, contributor__in=undecided)
        for pk in alike.values_list("contributor", flat=True).order_by("contributor").distinct()[:most]:
            found.setdefault(pk, set()).add(sign)
    told = ContributorEvent.objects.filter(action="bot told", contributor__in=undecided)
    for pk in told.values_list("contributor", flat=True).order_by("contributor")[:most]:
        found.setdefault(pk, set()).add(TOLD)
    people = Contributor.objects.filter(pk__in=found).order_by("name", "pk")[:most]
    return [BotSign(person, [sign for sign in WORDS if sign in found[person.pk]]) for person in people]


def _undecided(team: Team) -> QuerySet[Contributor]:
    decided = ContributorEvent.objects.filter(contributor=OuterRef("pk"), action__in=DECIDED)
    return presence.of_team(team).filter(~Q(Exists(decided)), is_bot=False, erased_at=None)


def decide(people: Iterable[Contributor], *, actor: User, team: Team, is_bot: bool) -> int:
    """Flag these as bots, or write down that they are none, so that no sign asks again; how many.

    Raises PermissionDenied, Busy.
    """
    listed = list(people)
    with turn(), knowing(team, actor, *listed):
        for person in listed:
            if is_bot:
                contributors.set_bot(person, actor=actor, team=team, is_bot=True)
            else:
                log(person, "no bot", actor=actor, team=team)
    return len(listed)
