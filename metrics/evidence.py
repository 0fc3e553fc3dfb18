"""What all measures of a team rest on, read once: the day, how far the data goes, and who is left out.

Teams may be counted together. What a measure asks of the database it asks of all of them at once, by a function that
is marked `together`; so the statements do not grow with the teams, and one team alone is a batch of one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.models import Criterion
from lifecycle.prepared import prepared
from metrics.figure import earliest
from metrics.models import Source
from pathways import presence, suppression
from pathways.keys import join_key
from pathways.models import Pathway
from pathways.models.pathway import open_on
from teams.models import Membership, Role, Team, User
from teams.profiles import former_addresses

#: A source's data is fresh on the days of this window that begins with the last day it is complete to.
FRESH_DAYS = 30

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Question = Callable[Concatenate[Sequence["Evidence"], Asked], Mapping[int, Answer]]


@dataclass(frozen=True)
class LeftOut:
    """Somebody who does not count at the gate of a team, by the e-mail of an account that works with it."""

    contributor_id: int
    name: str
    role: str

    @property
    def role_label(self) -> str:
        """The role as people call it."""
        return str(Role(self.role).label) if self.role in Role.values else _("admin")


class Evidence:
    """A team on a day, alone or counted with others. Everything that more than one measure asks is asked once."""

    def __init__(self, team: Team, today: date | None = None) -> None:
        self.team = team
        self.today = today or clock.today()
        self.batch: Sequence[Evidence] = (self,)
        #: What was asked of the whole batch, by question; shared by all of it.
        self.answers: dict[tuple[object, ...], Mapping[int, Any]] = {}

    @classmethod
    def of(cls, teams: Iterable[Team], today: date) -> "Sequence[Evidence]":
        """Some teams, counted together."""
        batch = [cls(team, today) for team in teams]
        answers: dict[tuple[object, ...], Mapping[int, Any]] = {}
        for one in batch:
            one.batch, one.answers = batch, answers
        return batch

    @property
    def sources(self) -> list[Source]:
        """The enabled ones."""
        return _sources(self)

    @property
    def every_pathway(self) -> list[Pathway]:
        """Whenever they are open."""
        return [pathway for pathway, _open in _pathways(self)]

    @cached_property
    def pathways(self) -> list[Pathway]:
        """Those open today."""
        return [pathway for pathway, is_open in _pathways(self) if is_open]

    @cached_property
    def complete_to(self) -> date | None:
        """The last day for which every enabled source has delivered; None if one never has, or there is none."""
        days = [source.complete_to for source in self.sources]
        return None if None in days else earliest(days)

    @property
    def as_of(self) -> date:
        """The day on which what rests on contributions is counted."""
        return min(self.today, self.complete_to) if self.complete_to else self.today

    @property
    def fresh_until(self) -> date | None:
        """The last day on which the data is no older than FRESH_DAYS."""
        return self.complete_to + timedelta(days=FRESH_DAYS - 1) if self.complete_to else None

    @property
    def missing_data(self) -> str:
        """Why nothing can be counted from contributions; empty if something can."""
        if not self.sources:
            return _("The team has no enabled source of contributions.")
        silent = [source.name for source in self.sources if source.complete_to is None]
        if silent:
            return _("No complete import yet from: %(sources)s.") % {"sources": ", ".join(silent)}
        return ""

    @property
    def criteria(self) -> list[tuple[str, int, int]]:
        """(measure, window in days or 0, stage) of every criterion that stands, whatever the stage of the team."""
        return _criteria(self)

    @property
    def working(self) -> dict[Role, set[int]]:
        """The accounts of its current activators and partners."""
        return _working(self)

    @property
    def left_out(self) -> list[LeftOut]:
        """Those who take part in the team, and have the e-mail of its current activator or partner, or of an admin."""
        return _left_out(self)

    @cached_property
    def left_out_ids(self) -> frozenset[int]:
        """Their ids."""
        return frozenset(person.contributor_id for person in self.left_out)


def together(ask: Question[Asked, Answer]) -> Callable[Concatenate[Evidence, Asked], Answer]:
    """Of a question about some teams, one about each of them: asked once, of all that are counted together."""

    def of_one(evidence: Evidence, /, *asked: Asked.args, **named: Asked.kwargs) -> Answer:
        key = (ask, *asked, *named.items())
        if key not in evidence.answers:
            evidence.answers[key] = ask(evidence.batch, *asked, **named)
        answer: Answer = evidence.answers[key][evidence.team.pk]
        return answer

    return of_one


def team_ids(batch: Iterable[Evidence]) -> list[int]:
    """Of the teams."""
    return [evidence.team.pk for evidence in batch]


def by_team(
    batch: Iterable[Evidence], rows: Iterable[tuple[Any, ...]], make: Callable[..., Any] = lambda *row: row
) -> dict[int, list[Any]]:
    """What is made of rows that begin with a team's id, of the rest of each, for every one of the teams."""
    found: dict[int, list[Any]] = {team_id: [] for team_id in team_ids(batch)}
    for team_id, *row in rows:
        found[team_id].append(row[0] if len(row) == 1 else make(*row))
    return found


def alike(batch: Iterable[Evidence], answer: Answer) -> dict[int, Answer]:
    """One answer for all of them."""
    return dict.fromkeys(team_ids(batch), answer)


@together
def _sources(batch: Sequence[Evidence]) -> dict[int, list[Source]]:
    return by_team(batch, ((source.team_id, source) for source in _enabled(team_ids(batch))))


@prepared
def _enabled(teams: Collection[int]) -> QuerySet[Source]:
    return Source.objects.filter(team__any=teams, enabled=True).order_by("name")


@together
def _pathways(batch: Sequence[Evidence]) -> dict[int, list[tuple[Pathway, bool]]]:
    found: Iterable[Any] = Pathway.objects.filter(team__in=team_ids(batch)).annotate(is_open=open_on(batch[0].today))
    return by_team(batch, ((pathway.team_id, pathway, pathway.is_open) for pathway in found))


@together
def _criteria(batch: Sequence[Evidence]) -> dict[int, list[tuple[str, int, int]]]:
    standing = Criterion.objects.filter(retired=False).order_by().values_list("measure", "window_days", "stage_id")
    return alike(batch, [(measure, days or 0, stage) for measure, days, stage in standing])


@together
def _working(batch: Sequence[Evidence]) -> dict[int, dict[Role, set[int]]]:
    found: dict[int, dict[Role, set[int]]] = {
        pk: {Role.ACTIVATOR: set(), Role.PARTNER: set()} for pk in team_ids(batch)
    }
    current = Membership.objects.current(batch[0].today).filter(team__in=found, role__in=[Role.ACTIVATOR, Role.PARTNER])
    for team_id, role, user_id in current.values_list("team_id", "role", "user_id"):
        found[team_id][Role(role)].add(user_id)
    return found


#: Who has an e-mail of an account, a former one too, by the key of the address, or its hash where somebody is erased.
HAVING = """
WITH told AS (
    SELECT * FROM unnest(%(accounts)s::int[], %(keys)s::text[]) AS one (account, key)
    UNION ALL SELECT * FROM unnest(%(accounts)s::int[], %(erased)s::text[]) AS one (account, key)
)
SELECT one.account, c.id, c.name
  FROM (
    SELECT account, i.contributor_id FROM told JOIN pathways_identity i ON i.join_key = key
    UNION SELECT account, i.contributor_id FROM told JOIN pathways_identity i ON i.account_key = key
    UNION SELECT one.account, i.contributor_id
      FROM unnest(%(accounts)s::int[], %(emails)s::text[]) AS one (account, email)
      JOIN pathways_identity i ON lower(btrim(i.email)) = lower(btrim(one.email))
  ) AS one
  JOIN pathways_contributor c ON c.id = one.contributor_id
 ORDER BY c.id, one.account
"""


@together
def _left_out(batch: Sequence[Evidence]) -> dict[int, list[LeftOut]]:
    roles = {
        one.team.pk: {user: str(role) for role in (Role.ACTIVATOR, Role.PARTNER) for user in one.working[role]}
        for one in batch
    }
    accounts = User.objects.filter(
        Q(pk__in={user for works in roles.values() for user in works}) | Q(is_staff=True, is_active=True),
        email__contains="@",
    )
    told = list(accounts.values_list("pk", "email", "is_staff", "is_active"))
    # Who changes the address is still known by the former one: nobody comes to count for their own gate by it.
    addresses = [(pk, email) for pk, email, *_rest in told] + former_addresses([pk for pk, *_rest in told])
    keys = [join_key("", "", email, "") for _pk, email in addresses]
    with connection.cursor() as cursor:
        cursor.execute(
            HAVING,
            {
                "accounts": [pk for pk, _email in addresses],
                "emails": [email for _pk, email in addresses],
                "keys": keys,
                "erased": [suppression.kept_of(key) for key in keys],
            },
        )
        rows = cursor.fetchall()
    admins = {pk for pk, _email, is_staff, is_active in told if is_staff and is_active}
    found: dict[int, dict[int, LeftOut]] = {team_id: {} for team_id in roles}
    for account, person, name in rows:
        for team_id in roles if account in admins else [pk for pk, works in roles.items() if account in works]:
            found[team_id].setdefault(person, LeftOut(person, name, roles[team_id].get(account, "admin")))
    here = presence.among(found)
    return {pk: [one for person, one in people.items() if person in here[pk]] for pk, people in found.items()}
