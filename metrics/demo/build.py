"""Builds the demo organisation: its past as rows, its present through the same verbs that people use."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count
from django.utils.text import slugify

from lifecycle import clock, jobs
from lifecycle.models import Risk, Stage
from metrics import imports, sourcing
from metrics.cohorts import Asked
from metrics.demo import case_studies, crews, earlier, exceptions, past, second_factor, signals, together, ways, ways_in
from metrics.demo.past import days_ago
from metrics.demo.slices import cut
from metrics.models import Contribution
from metrics.newcomers import newcomers
from pathways import answers, enrolments, pathways, roles, rules, stewards
from pathways.bots import BotList
from pathways.models import AffiliationRule, CommunityRole, Contributor, Funnel, Kind, Pathway
from teams import promotion, risks
from teams.models import Membership, Role, Team, User

Plan = dict[str, Any]  # one team of fixtures/demo/organisation.json

FIXTURES = settings.BASE_DIR / "fixtures"
SAMPLE: Path = FIXTURES / "samples" / "profiler" / "events.csv.gz"
STAFF_DOMAINS = ["mozilla.com", "mozilla.org", "mozillafoundation.org", "getpocket.com"]
DOMAIN = "demo.example"

STEPS = [("First contribution lands", 1), ("Second contribution", 2), ("Five, and a name people know", 5)]
ITERATIONS = [
    (
        "Shortened the set-up to one command.",
        "Half of the newcomers stopped there.",
        "12 of 25 got through",
        "21 of 26",
    ),
    ("Marked first tasks, and named who answers.", "Newcomers waited for an answer.", "6 days", "1 day"),
]
NEWCOMERS = [("Liv Strand", 12), ("Teo Marin", 5)]


def plan() -> Plan:
    """The whole plan, as fixtures/demo/organisation.json tells it."""
    loaded: Plan = json.loads((FIXTURES / "demo" / "organisation.json").read_text(encoding="utf-8"))
    return loaded


def build(passwords: dict[str, str]) -> list[Team]:
    """Make people and teams, import what they contributed, and do what they have done lately; the teams.

    `passwords` are those of the people who can log in, by user name. The imports go through the queue, like
    everybody's; what is queued is done before this returns.
    """
    whole = plan()
    with transaction.atomic():
        people = {each["username"]: _person(each, passwords) for each in whole["people"]}
        together.quiet(people.values())
        together.settled(people.values())
        for domain in STAFF_DOMAINS:
            AffiliationRule.objects.get_or_create(domain=domain)
        teams = [_team(each, people) for each in whole["teams"]]
        crews.arrange(people)
        earlier.write_down(people["ada"])
    jobs.drain()  # the imports, and the first counts
    BotList.of(json.loads((FIXTURES / "samples" / "bots.json").read_text(encoding="utf-8"))).flag()
    for each in whole["teams"]:
        _community(each, people)
    for team in teams:
        if team.slug == ways_in.SLUG:
            ways_in.show(team)
    _case_studies(whole["teams"])
    for each in whole["teams"]:
        if note := each.get("request"):
            team = Team.objects.get(slug=each["slug"])
            promotion.request(team, actor=_first(team, Role.ACTIVATOR), note=note)
    signals.answer(teams)
    exceptions.tell()
    second_factor.ask(people["ruth"])
    together.talk(people)
    return teams


def _case_studies(teams: list[Plan]) -> None:
    """Published where the plan says so, on numbers that are counted; it counts itself."""
    for each in teams:
        if each.get("case_study"):
            team = Team.objects.get(slug=each["slug"])
            case_studies.tell(team, activator=_first(team, Role.ACTIVATOR), partner=_first(team, Role.PARTNER))
    jobs.drain()


def _person(told: Plan, passwords: dict[str, str]) -> User:
    is_admin = told.get("admin", False)
    user = User(
        username=told["username"],
        email=f"{told['username']}@{DOMAIN}",
        first_name=told["first_name"],
        last_name=told["last_name"],
        is_staff=is_admin,
        is_superuser=is_admin,
    )
    user.set_password(passwords.get(told["username"]))  # None: nobody can log in as this person
    user.save()
    return user


def _team(told: Plan, people: dict[str, User]) -> Team:
    """The team with its past, its pathway and, asked for, its import."""
    stage = Stage.objects.get(slug=told["stage"])
    team = Team.objects.create(
        slug=told["slug"], name=told["name"], about=told["about"], stage=stage, entered_on=days_ago(told["stays"][0])
    )
    began = days_ago(told["stays"][-1])
    for each in told["members"]:
        Membership.objects.create(
            team=team,
            user=people[each["user"]],
            role=each["role"],
            is_deputy=each.get("deputy", False),
            starts_on=began if each.get("accepted", True) else days_ago(3),
            accepted_at=past.at(began) if each.get("accepted", True) else None,
        )
    partner = _first(team, Role.PARTNER)
    activator = _first(team, Role.ACTIVATOR)
    past.promotions(team, way=ways.of(team, told), activator=activator, partner=partner)
    ways.pauses(team, told)
    past.milestones(team, plan=told["milestones"], activator=activator, partner=partner)
    past.check_ins(team, days=told["check_ins"], by=partner)
    for each in told.get("risks", []):
        _risk(team, each, actor=partner, people=people)
    if "pathway" in told:
        pathway = _pathway(team, told["pathway"], actor=activator, people=people)
        for each in told.get("slices", []):
            _import(pathway, each, actor=activator)
    return team


def _first(team: Team, role: Role) -> User:
    return team.memberships.filter(role=role).order_by("is_deputy", "id").select_related("user")[0].user


def _risk(team: Team, told: Plan, *, actor: User, people: dict[str, User]) -> None:
    nth = told.get("nth")
    risk = Risk.objects.filter(stage=team.stage).order_by("order")[nth - 1] if nth else None
    risks.add(
        team,
        actor=actor,
        risk=risk,
        text=told.get("text", ""),
        owner=people.get(told.get("owner", "")),
        likelihood=told["likelihood"],
        impact=told["impact"],
        mitigation=told.get("mitigation", ""),
        review_on=clock.today(),
    )


def _pathway(team: Team, told: Plan, *, actor: User, people: dict[str, User]) -> Pathway:
    """A pathway opened when the team left Pre-work, or entered the stage in which it stands."""
    stays = [each.effective_on for each in team.promotions.order_by("seq")]
    opened = stays[1]
    address = f"https://handbook.{DOMAIN}/{team.slug}"
    pathway = pathways.create(
        team,
        actor=actor,
        name=told["name"],
        summary=f"How people come to contribute to {team.name}, step by step.",
        documentation_url=address if told.get("documented") else "",
        is_prototype=told.get("prototype", False),
        opened_on=opened,
    )
    pathway.points.update(since=opened)
    if steward := told.get("steward"):
        stewards.appoint(pathway, actor=actor, user=people[steward], on=opened)
    for key in told.get("funnels", []):
        pathways.connect(pathway, actor=actor, funnel=Funnel.objects.get(key=key), url=address, on=opened)
    commit = Kind.objects.get(key="commit").pk
    rules.set_steps(pathway, [rules.StepSpec(name, [commit], count) for name, count in STEPS], actor=actor)
    for nth in range(told.get("iterations", 0)):
        what, why, before, after = ITERATIONS[nth % len(ITERATIONS)]
        on = days_ago(30 + 60 * nth)
        pathways.record_iteration(pathway, actor=actor, what=what, why=why, before=before, after=after, on=on)
    if told.get("steward"):
        for name, days in NEWCOMERS:
            enrolments.welcome(
                pathway,
                actor=actor,
                name=name,
                email=f"{name.split()[0].lower()}.{team.slug}@{DOMAIN}",
                on=days_ago(days),
                opportunity="A first task, with somebody to ask",
            )
    return pathway


def _import(pathway: Pathway, told: Plan, *, actor: User) -> None:
    ends_on = days_ago(told.get("stale_days", 1))
    first, last = date.fromisoformat(told["from"]), date.fromisoformat(told["to"])
    content = ContentFile(cut(SAMPLE, first=first, last=last, ends_on=ends_on))
    commit = Kind.objects.get(key="commit")
    source = sourcing.source_of(pathway, name=told["source"], default_kind=commit)
    imports.receive(source, file=content, filename=f"{slugify(told['source'])}.csv", actor=actor, complete_to=ends_on)


def _community(told: Plan, people: dict[str, User]) -> None:
    """Roles for those who contributed most, confirmed by the partner; mentees for mentors, and a newcomer answered."""
    if not told.get("roles"):
        return
    team = Team.objects.get(slug=told["slug"])
    activator, partner = _first(team, Role.ACTIVATOR), _first(team, Role.PARTNER)
    acts = Contribution.objects.filter(team=team, state=Contribution.State.COUNTED, contributor__is_bot=False)
    ranked = acts.values_list("contributor").annotate(count=Count("*")).order_by("-count", "contributor")
    busiest = [Contributor.objects.get(pk=pk) for pk, _count in ranked[:12]]
    place = 0
    for role, number in told["roles"].items():
        for _ in range(number):
            given = roles.give(
                busiest[place],
                actor=activator,
                team=team,
                role=CommunityRole.Role(role),
                from_on=days_ago(120),
            )
            roles.confirm(given, actor=partner)
            if role == CommunityRole.Role.MENTOR:
                roles.add_mentee(given, actor=activator, mentee=busiest[-1 - place], from_on=days_ago(60))
            place += 1
    if arrived := newcomers(Asked(team, clock.today())):
        newest = Contributor.objects.get(pk=arrived[0].contributor_id)
        answers.note_answer(newest, actor=activator, team=team, note="Thanked in the review, and shown a next task")
