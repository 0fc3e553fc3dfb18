"""What the API tells is what the pages and the exports tell, and its description says all that it can answer."""

import csv as tables
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lifecycle import jobs
from metrics.figures import figures
from metrics.models import Token
from metrics.sources import Options, Raw, csv, items
from metrics.sources.json import parse
from pathways.models import AffiliationRule, CommunityRole, Identity, Level, Pathway
from teams.gates import verdict_of
from teams.models import Population, Role, Team, WeeklyCount
from tests.api import described, get, item, post, token_for
from tests.conftest import People
from tests.factories import (
    CommunityRoleFactory,
    CriterionFactory,
    KindFactory,
    MembershipFactory,
    MilestoneFactory,
    PathwayFactory,
    PointFactory,
    SourceFactory,
)
from tests.metrics.files import DAY, NOON, deliver, file_of, part_noreply, row, sample, source_for
from tests.metrics.test_figures import STAFF_HOSTS, compared, pathway_with_sample_points
from tests.routes import routes

pytestmark = pytest.mark.django_db
TODAY = date(2024, 2, 20)


@pytest.fixture
def pathway(people: People) -> Iterator[Pathway]:
    """A team with numbers: Ann active, Bo casual, a robot."""
    with time_machine.travel(TODAY, tick=False):
        pathway = PathwayFactory.create(team=people.team, slug="code")
        for level, n in ((Level.CASUAL, 1), (Level.ACTIVE, 3), (Level.CORE, 20)):
            PointFactory.create(pathway=pathway, level=level, n=n, w=90)
        ann = [row(100 + day, name="Ann", ts=NOON + day * DAY) for day in range(6)]
        bo = [row(200, name="Bo", email="bo@home.example")]
        deliver(source_for(pathway, name="Export"), file_of(*ann, *bo), complete_to=TODAY)
        jobs.drain()
        yield pathway


@pytest.fixture
def reading(people: People, pathway: Pathway) -> str:
    return token_for(people.activator, people.team, Token.Scope.READ)


def test_a_token_tells_of_its_team(reading: str, people: People) -> None:
    found = get(reading, "team").json()
    assert get(reading, "teams").json() == {"teams": [found]}
    team = Team.objects.get(pk=people.team.pk)
    assert found["stage"] == {"slug": team.stage.slug, "name": team.stage.name}
    assert (found["slug"], found["state"], found["data_version"]) == ("lantern", "active", team.data_version)


def test_the_gate_is_the_one_that_is_judged(reading: str, people: People) -> None:
    CriterionFactory.create(stage=people.team.stage)
    MilestoneFactory.create(stage=people.team.stage)
    verdict = verdict_of(Team.objects.get(pk=people.team.pk))
    found = get(reading, "gate").json()
    assert (found["state"], found["data_version"]) == (verdict.state, verdict.data_version)
    assert len(found["conditions"]) == len(verdict.conditions) == 2
    for told, condition in zip(found["conditions"], verdict.conditions, strict=True):
        assert (told["key"], told["state"], told["move"]) == (condition.key, condition.state, condition.move)
        assert (told["wanted"], told["have"], told["gap"]) == (condition.wanted, condition.have, condition.gap)
        assert told["as_of"] == (condition.as_of.isoformat() if condition.as_of else None)


def test_counts_are_the_weeks_that_are_kept_and_the_stocks_of_the_pages(reading: str, pathway: Pathway) -> None:
    for population in Population.values:
        for slug in ("", "code"):
            counts_are_the_weeks_that_are_kept(reading, pathway, population, slug)


def counts_are_the_weeks_that_are_kept(reading: str, pathway: Pathway, population: str, slug: str) -> None:
    asked: dict[str, Any] = {"population": population} | ({"pathway": slug} if slug else {})
    found = get(reading, "counts", **asked).json()
    kept = WeeklyCount.objects.filter(
        team=pathway.team, pathway_id=pathway.pk if slug else 0, population=population
    ).order_by("week")
    assert kept.exists()
    assert [each["week"] for each in found["weeks"]] == [str(each.week) for each in kept]
    for told, week in zip(found["weeks"], kept, strict=True):
        assert {name: value for name, value in told.items() if isinstance(value, int)} == {
            name: getattr(week, name) for name in told if name not in {"week", "counted_to"}
        }
    assert found["stocks"]["on"] == TODAY.isoformat()
    people = (
        {"casual": 2, "active": 1, "core": 0}
        if population != "staff"
        else dict.fromkeys(["casual", "active", "core"], 0)
    )
    assert {name: found["stocks"][name] for name in people} == people
    since = get(reading, "counts", since=str(kept.last().week), **asked).json()  # type: ignore[union-attr]
    assert since["weeks"] == found["weeks"][-1:]


def test_contributors_are_those_of_the_list_and_its_file(reading: str, people: People, pathway: Pathway) -> None:
    ann = Identity.objects.get(name="Ann").contributor
    CommunityRoleFactory.create(team=people.team, contributor=ann, role=CommunityRole.Role.LEADER)
    found = get(reading, "contributors").json()
    content = people.client("viewer").get(reverse("pathways:contributors-csv", args=["lantern"])).content.decode()
    _header, *rows = tables.reader(io.StringIO(content.removeprefix("\ufeff")))
    assert (found["total"], found["next"], len(rows)) == (2, None, 2)
    for told, cells in zip(found["contributors"], rows, strict=True):
        dates = [told[name] or "" for name in ("lapses_on", "first_on", "last_on")]
        assert [str(told["id"]), told["name"], told["level"], *dates, str(told["acts"])] == cells[:7]
    assert found["contributors"][0]["roles"] == ["leader"]
    assert "home.example" not in json.dumps(found)
    assert get(reading, "contributors", level="active").json()["total"] == 1
    assert get(reading, "contributors", pathway="code", page="2").json()["contributors"] == []
    assert get(reading, "contributors", pathway="nowhere").status_code == 404


def test_sources_are_as_fresh_as_on_the_data_page(reading: str, pathway: Pathway) -> None:
    (found,) = get(reading, "sources").json()["sources"]
    assert (found["name"], found["pathway"], found["type"]) == ("Export", "code", "csv")
    assert (found["freshness"], found["words"], found["complete_to"]) == ("fresh", "up to date", "2024-02-20")
    with time_machine.travel(date(2024, 3, 21)):
        assert get(reading, "sources").json()["sources"][0]["freshness"] == "stale"
    SourceFactory.create(pathway=pathway, name="Empty")
    SourceFactory.create(pathway=pathway, name="Off", enabled=False)
    told = {each["name"]: each["freshness"] for each in get(reading, "sources").json()["sources"]}
    assert told == {"Empty": "empty", "Export": "fresh", "Off": "off"}


@pytest.mark.parametrize("name", ["teams", "team", "gate", "counts", "contributors", "sources"])
def test_what_has_not_changed_is_not_sent_again(reading: str, pathway: Pathway, name: str) -> None:
    first = get(reading, name)
    assert (first.status_code, "private" in first["Cache-Control"]) == (200, True)
    again = get(reading, name, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    if name in {"counts", "contributors"}:
        deliver(source_for(pathway, name="Another"), file_of(row(900, name="Cy", email="cy@home.example")))
        jobs.drain()
        assert get(reading, name, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_parameter_that_makes_no_sense_is_named(reading: str) -> None:
    senseless: list[tuple[str, dict[str, Any]]] = [
        ("counts", {"population": "all"}),
        ("counts", {"since": "soon"}),
        ("counts", {"since": "9" * 30}),
        ("counts", {"pathway": "a\0b"}),
        ("counts", {"pathway": ""}),
        ("contributors", {"page": "0"}),
        ("contributors", {"page": "9" * 30}),
        ("contributors", {"page": "x"}),
        ("contributors", {"pathway": "a b"}),
        ("contributors", {"level": "\0"}),
    ]
    for name, query in senseless:
        answer = get(reading, name, **query)
        assert answer.status_code == 422, query
        assert [each["field"] for each in answer.json()["errors"]] == list(query)


# --- tokens -----------------------------------------------------------------------------------


def test_without_a_token_the_answer_says_what_is_wanted(people: People) -> None:
    answer = get("made up", "team")
    assert (answer.status_code, "invalid_token" in answer["WWW-Authenticate"]) == (401, True)
    none = get("", "team", headers={"Authorization": ""})
    assert (none.status_code, none["WWW-Authenticate"]) == (401, 'Bearer realm="lifecycle"')
    for odd in ("Basic eDp5", "Bearer", "bearer\tx", "Token x", "Bearer " + "x" * 5_000):
        assert get("", "team", headers={"Authorization": odd}).status_code == 401


def test_another_teams_address_and_none_answer_alike(reading: str, people: People) -> None:
    other, none = (get(reading, "gate", team=slug) for slug in ("elsewhere", "nowhere"))
    assert (other.status_code, other.content) == (404, none.content)


def test_a_session_opens_nothing_and_a_method_that_is_not_there_says_which_are(people: People) -> None:
    answer = people.client("admin").get(reverse("metrics:api:team", args=["lantern"]))
    assert answer.status_code == 401
    wrong = Client().delete(reverse("metrics:api:team", args=["lantern"]))
    assert (wrong.status_code, wrong["Allow"], wrong.json()["status"]) == (405, "GET", 405)


def test_a_token_is_marked_as_used_once_a_day(reading: str, django_assert_num_queries: Any) -> None:
    assert Token.objects.get().used_on is None
    get(reading, "team")
    assert Token.objects.get().used_on == TODAY
    with django_assert_num_queries(2):  # the token, and what its maker may
        get(reading, "team")


def test_a_writing_token_of_a_retired_team_reads(people: People, pathway: Pathway) -> None:
    writing = token_for(people.activator, people.team)
    SourceFactory.create(pathway=pathway, type="api")
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.RETIRED)
    assert get(writing, "team").json()["state"] == "retired"
    assert post(writing, [item()]).status_code == 403


# --- one truth --------------------------------------------------------------------------------


def told_by_api(content: bytes, pathway: Pathway) -> None:
    """The rows of a CSV file as items, 500 at a time."""
    SourceFactory.create(pathway=pathway, type="api", default_kind=KindFactory.create(key="commit"))
    activator = MembershipFactory.create(team=pathway.team, role=Role.ACTIVATOR).user
    writing = token_for(activator, pathway.team)
    rows = [raw for batch in csv.read(io.BytesIO(content), Options()) for raw in batch.rows]
    all_ = [
        {"id": raw.external_id, "occurred_at": raw.occurred_at.isoformat(), "name": raw.name, "email": raw.email}
        for raw in rows
    ]
    for begin in range(0, len(all_), 500):
        assert post(writing, all_[begin : begin + 500]).status_code == 200
    jobs.drain()


@pytest.mark.parametrize("name", ["boundary", "profiler"])
def test_a_history_told_to_the_api_gives_every_figure_of_the_samples(name: str) -> None:
    pathway = pathway_with_sample_points()
    for host in STAFF_HOSTS:
        AffiliationRule.objects.create(domain=host)
    told_by_api(sample(f"{name}/events.csv{'.gz' if name == 'profiler' else ''}"), pathway)
    part_noreply(pathway.team)
    compared_, differs = compared(f"{name}/expected.raw.json", figures(pathway.team, population="all"))
    assert differs == []
    assert compared_ > 100


# --- the description --------------------------------------------------------------------------


def test_the_description_is_sound_and_complete() -> None:
    told = described()
    assert told["openapi"].startswith("3.1")
    assert told["info"]["version"] == "1.0.0"
    ours = {
        f"/{one.pattern}".replace("<slug:slug>", "{slug}") for one in routes() if one.name.startswith("metrics:api:")
    }
    assert set(told["paths"]) == ours - {"/api/v1/", "/api/v1/openapi.json"}
    operations = [operation for path in told["paths"].values() for operation in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) == 7
    for operation in operations:
        assert operation["security"] == [{"Token": []}]
        assert {"200", "401"} <= set(operation["responses"])
        assert operation["summary"]
        assert operation["description"]
        assert {each["name"] for each in operation["parameters"] if each["in"] == "path"} <= {"slug"}
    assert told["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}
    for reference in references(told):
        inner: Any = told
        for step in reference.removeprefix("#/").split("/"):
            inner = inner[step]
        assert inner["type"] in {"object", "string"}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def test_an_item_is_described_as_it_is_read() -> None:
    body = described()["paths"]["/api/v1/teams/{slug}/contributions"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]["items"]
    assert list(schema["properties"]) == list(items.FIELDS)
    limits = {name: one.get("maxLength") for name, one in schema["properties"].items()}
    for name, limit in limits.items():
        if limit:
            (just,) = items.each(io.BytesIO(json.dumps([item() | {name: "x" * limit}]).encode()), Options())
            (over,) = items.each(io.BytesIO(json.dumps([item() | {name: "x" * (limit + 1)}]).encode()), Options())
            assert (isinstance(just[1], Raw), isinstance(over[1], Raw)) == (True, False), name


def test_the_address_of_the_api_leads_to_its_description() -> None:
    answer = Client().get("/api/v1/", follow=True)
    assert parse(answer.content.decode()) == described()


def test_what_the_docs_show_is_taken(people: People) -> None:
    """The example of docs/api.md, as it stands there."""
    SourceFactory.create(pathway=PathwayFactory.create(team=people.team), type="api")
    KindFactory.create(key="support_answer")
    text = Path("docs/api.md").read_text(encoding="utf-8")
    body = text.split("-d '")[1].split("'")[0]
    answer = post(token_for(people.activator, people.team), body.encode())
    assert [each["status"] for each in answer.json()["items"]] == ["created", "created"]
