"""One team and a plain account of all that was told of it, from which the oracle tells what its rows must be.

Each verb tells the product something through the door that people and imports use, and writes it down here in
words of its own: lists and dictionaries, no SQL.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from lifecycle import clock, jobs
from metrics import sourcing, withdrawals
from metrics.models import Contribution, Import, Source
from pathways import contributors, merging, rules
from pathways.models import (
    Affiliation,
    AffiliationRule,
    CommunityRole,
    Contributor,
    Identity,
    Kind,
    Pathway,
)
from pathways.rules import Point
from teams.models import Role, Team, User
from tests import oracle
from tests.factories import KindFactory, MembershipFactory, PathwayFactory, SourceFactory, TeamFactory, UserFactory
from tests.metrics.files import deliver, file_of

DAY = oracle.DAY
#: What comes in, and what a file may call it.
KINDS = ("commit", "review", "poke")
SOURCES = {"a1": "a", "a2": "a", "b1": "b"}  # source: its pathway
DOMAINS = ("home.example", "work.example")


@dataclass(frozen=True)
class Told:
    """One row of a file."""

    number: int
    person: str
    kind: str
    day: date

    @property
    def moment(self) -> datetime:
        """Of its own for every row, so that a row of the product can be found by it."""
        return datetime.combine(self.day, time(23, 59, 59), UTC) + timedelta(
            microseconds=999_999 - 10 * self.number - KINDS.index(self.kind)
        )

    @property
    def line(self) -> str:
        return f"{self.number},{self.person},{self.person},{self.moment.isoformat()},{self.kind}"


@dataclass(frozen=True)
class Fact:
    told: Told
    source: str
    identity: int
    counts: bool
    brought_by: int


@dataclass(frozen=True)
class Brought:
    """A file that came."""

    pk: int
    source: str
    rows: Sequence[Told]


@dataclass(frozen=True)
class Dated:
    """Somebody's word, or a domain's, on the days [since, until)."""

    pk: int
    kind: str
    since: date | None
    until: date | None

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Given:
    pk: int
    held: oracle.Held
    confirmed: bool


@dataclass
class Ledger:
    """What was told, by the numbers that the product gave to people and identities."""

    team: Team = field(default_factory=TeamFactory.create)
    facts: dict[tuple[str, int], Fact] = field(default_factory=dict)
    withdrawn: set[tuple[str, int]] = field(default_factory=set)  # one by one: for good
    files: list[Brought] = field(default_factory=list)  # those that are not undone, in their order
    pointers: dict[int, int] = field(default_factory=dict)  # identity: person
    addresses: dict[int, str] = field(default_factory=dict)  # identity: e-mail
    bots: set[int] = field(default_factory=set)
    words: dict[int, list[Dated]] = field(default_factory=dict)  # person: affiliations
    domains: dict[str, list[Dated]] = field(default_factory=dict)
    roles: dict[int, list[Given]] = field(default_factory=dict)
    points: dict[str, list[oracle.Rule]] = field(default_factory=lambda: {"a": [], "b": []})
    counted: dict[str, set[str]] = field(default_factory=lambda: {"a": set(), "b": set()})
    meaning: dict[str, str | None] = field(
        default_factory=lambda: {"commit": "commit", "review": "review", "poke": None}
    )
    off: set[str] = field(default_factory=set)
    of_source: dict[str, set[str]] = field(default_factory=lambda: {source: set() for source in SOURCES})

    def __post_init__(self) -> None:
        self.actor: User = MembershipFactory.create(team=self.team, role=Role.ACTIVATOR).user
        self.admin: User = UserFactory.create(is_staff=True, is_superuser=True)
        self.kinds: dict[str, Kind] = {
            key: KindFactory.create(key=key, state="known" if meaning else "unknown")
            for key, meaning in self.meaning.items()
        }
        self.pathways: dict[str, Pathway] = {
            name: PathwayFactory.create(team=self.team, slug=name) for name in self.points
        }
        self.sources: dict[str, Source] = {
            name: SourceFactory.create(pathway=self.pathways[of], default_kind=self.kinds["commit"])
            for name, of in SOURCES.items()
        }

    # --- what can be told

    def bring(self, source: str, rows: Sequence[Told]) -> None:
        """A file: of one contribution told twice, here or before, the first stands."""
        delivery = deliver(self.sources[source], file_of(*(row.line for row in rows), header="id,name,email,date,kind"))
        self.files.append(Brought(delivery.pk, source, rows))
        self.read(self.files[-1])

    def read(self, file: Brought) -> None:
        """What the file tells first, and whom nobody knew before; of what is known, nobody asks who did it."""
        stream = self.sources[file.source].identity_source
        mine: dict[str, int] = {}
        for identity in Identity.objects.filter(source=stream):
            mine[identity.email] = identity.pk
            if identity.pk not in self.pointers:
                self.meet(identity)
        for row in file.rows:
            if (row.kind, row.number) not in self.facts:
                timely = row.day <= clock.today() + DAY
                self.facts[row.kind, row.number] = Fact(row, file.source, mine[row.person], timely, file.pk)

    def meet(self, identity: Identity) -> None:
        """A spelling that came in first with this file."""
        alike = [pk for pk, email in sorted(self.addresses.items()) if email == identity.email]
        if alike:  # the oldest tells whose a new spelling is
            assert identity.contributor_id == self.pointers[alike[0]]
        self.pointers[identity.pk] = identity.contributor_id
        self.addresses[identity.pk] = identity.email

    def undo(self, file: Brought) -> None:
        """What it told first is told by the next file that tells it; what was withdrawn for good stays so."""
        withdrawals.withdraw(Import.objects.get(pk=file.pk), actor=self.actor, reason="The wrong file.")
        jobs.drain()
        self.files.remove(file)
        gone = [key for key, fact in self.facts.items() if fact.brought_by == file.pk and key not in self.withdrawn]
        for key in gone:
            del self.facts[key]
        for other in self.files:
            self.read(other)

    def withdraw(self, fact: Fact) -> None:
        rows = Contribution.objects.filter(team=self.team, occurred_at=fact.told.moment, imported=fact.brought_by)
        assert rows.update(state=Contribution.State.WITHDRAWN) == 1
        self.facts[fact.told.kind, fact.told.number] = replace(fact, counts=False)
        self.withdrawn.add((fact.told.kind, fact.told.number))

    def merge(self, keep: int, other: int) -> None:
        """The words of the one who is kept stand; of two roles alike, one."""
        kept, gone = (Contributor.objects.get(pk=pk) for pk in (keep, other))
        merging.merge(kept, others=[gone], actor=self.actor, team=self.team)
        self.pointers = {pk: keep if person == other else person for pk, person in self.pointers.items()}
        if not self.words.get(keep):
            self.words[keep] = self.words.pop(other, [])
        alike = {(given.held.role, given.held.since) for given in self.roles.get(keep, [])}
        moved = [given for given in self.roles.pop(other, []) if (given.held.role, given.held.since) not in alike]
        self.roles.setdefault(keep, []).extend(moved)

    def split(self, identity: int) -> None:
        was = self.pointers[identity]
        new = merging.split(Identity.objects.get(pk=identity), actor=self.actor, team=self.team).pk
        self.pointers[identity] = new
        if was in self.bots:
            self.bots.add(new)

    def flag(self, person: int) -> None:
        is_bot = person not in self.bots
        contributors.set_bot(Contributor.objects.get(pk=person), actor=self.actor, team=self.team, is_bot=is_bot)
        self.bots ^= {person}

    def say(self, person: int, kind: str, since: date, until: date | None) -> None:
        row = Affiliation.objects.create(contributor_id=person, kind=kind, from_on=since, until_on=until)
        self.words.setdefault(person, []).append(Dated(row.pk, kind, since, until))

    def unsay(self, person: int) -> None:
        Affiliation.objects.filter(pk=self.words[person].pop(0).pk).delete()

    def rule(self, domain: str, kind: str, since: date | None, until: date | None) -> None:
        """One rule a domain and first day: the same day again replaces it."""
        AffiliationRule.objects.filter(domain=domain, from_on=since).delete()
        row = AffiliationRule.objects.create(domain=domain, kind=kind, from_on=since, until_on=until)
        others = [each for each in self.domains.get(domain, []) if each.since != since]
        self.domains[domain] = [*others, Dated(row.pk, kind, since, until)]

    def unrule(self, domain: str) -> None:
        AffiliationRule.objects.filter(domain=domain).delete()
        self.domains.pop(domain, None)

    def give(self, person: int, role: str, since: date, *, confirmed: bool) -> None:
        if any((given.held.role, given.held.since) == (role, since) for given in self.roles.get(person, [])):
            return
        row = CommunityRole.objects.create(
            team=self.team,
            contributor_id=person,
            role=role,
            from_on=since,
            confirmed_by=self.actor if confirmed else None,
        )
        self.roles.setdefault(person, []).append(Given(row.pk, oracle.Held(role, since), confirmed))

    def end(self, person: int, days: int) -> None:
        given = self.roles[person].pop(0)
        until = given.held.since + days * DAY
        CommunityRole.objects.filter(pk=given.pk).update(until_on=until)
        self.roles[person].append(replace(given, held=replace(given.held, until=until)))

    def set_points(self, pathway: str, wanted: Sequence[oracle.Rule]) -> None:
        """Through the form's verb: a rule names only kinds that count when it is made."""
        points = [
            Point(
                rule.level,
                f"{number}",
                [self.kinds[key].pk for key in sorted(rule.kinds)],
                rule.n,
                rule.d,
                rule.m,
                rule.w,
                sorted(rule.roles),
            )
            for number, rule in enumerate(wanted)
        ]
        rules.set_points(self.pathways[pathway], points, actor=self.actor)
        self.points[pathway] = list(wanted)

    def count_only(self, pathway: str, kinds: Iterable[str]) -> None:
        self.counted[pathway] = set(kinds)
        Pathway.objects.filter(pk=self.pathways[pathway].pk).update(
            counted_kinds=sorted(self.kinds[key].pk for key in kinds)
        )

    def count_of_source(self, source: str, kinds: Iterable[str]) -> None:
        self.of_source[source] = set(kinds)
        Source.objects.filter(pk=self.sources[source].pk).update(
            counted_kinds=sorted(self.kinds[key].pk for key in kinds)
        )

    def decide(self, meaning: str | None) -> None:
        """What a poke is: nothing that counts, something of its own, or another name of a review."""
        Kind.objects.filter(key="poke").update(
            state="known" if meaning else "ignored", same_as=self.kinds["review"] if meaning == "review" else None
        )
        self.meaning["poke"] = meaning

    def switch(self, source: str) -> None:
        sourcing.switch(Source.objects.get(pk=self.sources[source].pk), enabled=source in self.off)
        self.off ^= {source}
        self.sources[source].refresh_from_db()

    # --- what follows

    def is_staff(self, fact: Fact) -> bool:
        """The latest word about the person that holds on the day; else the latest rule of the address; else no."""
        day, email = fact.told.day, self.addresses[fact.identity]
        for said in (self.words.get(self.pointers[fact.identity], []), self.domains.get(email.split("@")[1], [])):
            holding = [each for each in said if each.on(day)]
            if holding:
                return max(holding, key=lambda each: (each.since or date.min, each.pk)).kind == "staff"
        return False

    def acts(self, person: int) -> tuple[oracle.Act, ...]:
        """The person's acts that count, as the oracle wants them told."""
        found = []
        for fact in self.facts.values():
            pathway, meaning = SOURCES[fact.source], self.meaning[fact.told.kind]
            named = (self.counted[pathway], self.of_source[fact.source])
            if (
                self.pointers[fact.identity] == person
                and fact.counts
                and fact.source not in self.off
                and meaning is not None
                and all(not kinds or meaning in {self.meaning[key] for key in kinds} for kinds in named)
            ):
                found.append(oracle.Act(fact.told.day, meaning, self.is_staff(fact), pathway))
        return tuple(sorted(found, key=lambda act: (act.day, act.kind, act.staff, act.pathway)))

    def spans(self) -> dict[int, oracle.Spans]:
        """Of each person who has an act that counts."""
        meant = tuple(
            (name, tuple(replace(rule, kinds=frozenset(self.meaning[key] or key for key in rule.kinds)) for rule in of))
            for name, of in self.points.items()
        )
        found = {}
        for person in sorted(set(self.pointers.values())):
            if acts := self.acts(person):
                held = tuple(given.held for given in self.roles.get(person, []) if given.confirmed)
                found[person] = spans_of(acts, held, person in self.bots, meant)
        return found

    def rows(self) -> set[tuple[object, ...]]:
        """What tests.metrics.acts.stored has to find."""
        ids = {"": 0, **{name: pathway.pk for name, pathway in self.pathways.items()}}
        return {
            (ids[pathway], person, level, bit, since, until, number == 0)
            for person, spans in self.spans().items()
            for (pathway, level, bit), runs in spans.items()
            for number, (since, until) in enumerate(runs)
        }


@cache
def spans_of(
    acts: tuple[oracle.Act, ...],
    roles: tuple[oracle.Held, ...],
    bot: bool,
    points: tuple[tuple[str, tuple[oracle.Rule, ...]], ...],
) -> oracle.Spans:
    """The oracle's answer; most changes leave most people as they were."""
    person = oracle.Person(list(acts), list(roles), bot)
    return oracle.spans(person, {name: list(of) for name, of in points})
