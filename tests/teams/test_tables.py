"""Every table as a file: what the page shows, for those who may read the page, safe in a spreadsheet."""

import csv
import io
import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import clock
from lifecycle.sheets import safe
from lifecycle.tables import FORMS, Table, answer
from metrics.models import Import
from teams.models import StateChange, Team
from teams.tables import REGISTERED
from tests import weeks
from tests.conftest import People
from tests.factories import CriterionFactory, MilestoneFactory, TeamRiskFactory
from tests.teams.scenes import measured
from tests.world import World, world_of

SUNDAY = date(2026, 6, 7)  # a month begins between it and the one before
#: The page on which a table stands, and the id or the sentence of its section.
PAGES = {
    "gate": "/teams/lantern/",
    "milestones": "/teams/lantern/",
    "pathways": "/teams/lantern/",
    "risks": "/teams/lantern/",
    "levels": "/teams/lantern/",
    "waterfall": "/teams/lantern/",
    "funnel": "/teams/lantern/",
    "signals": "/teams/lantern/",
    "register": "/teams/lantern/risks/",
    "stays": "/teams/lantern/history/",
    "pauses": "/teams/lantern/history/",
    "decisions": "/teams/lantern/history/",
    "people": "/teams/lantern/people/",
    "all-pathways": "/teams/lantern/pathways/",
    "sources": "/teams/lantern/data/",
    "imports": "/teams/lantern/data/",
}


@pytest.fixture
def world(people: People) -> World:
    made = world_of(people.team)
    MilestoneFactory.create(stage=people.team.stage, parent=made.rows["milestone"])
    measured(people.team, 3)
    done = {"state": Import.State.DONE, "finished_at": clock.now()}  # one that has an effect
    Import.objects.filter(pk=made.rows["import"].pk).update(**done)
    CriterionFactory.create(stage=people.team.stage)
    for state, month in ((Team.State.PAUSED, 3), (Team.State.ACTIVE, 4)):
        StateChange.objects.create(team=people.team, state=state, on=date(2026, month, 1))
    weeks.week(people.team, SUNDAY - timedelta(weeks=1), active=3, active_converted=3, new=3)
    weeks.week(people.team, SUNDAY, active=5, active_converted=2, new=2)
    return made


def asked_of(name: str, world: World) -> dict[str, str]:
    rows = {"pathway": world.rows["pathway"], "decision": "1"}
    rows |= {"import": world.rows["import"].pk, "source": world.rows["stream"].pk}
    rows |= {"contributor": world.rows["contributor"].pk}
    return rows if name not in PAGES else {}


def table_of(client: Client, name: str, query: dict[str, str]) -> tuple[list[str], list[dict[str, str]], Any]:
    """The heads, the lines of the CSV, and what the JSON tells."""
    found = client.get(f"/teams/lantern/tables/{name}.csv", query)
    assert found.status_code == 200, name
    assert found["Content-Type"] == "text/csv; charset=utf-8"
    text = found.content.decode("utf-8-sig")
    told = client.get(f"/teams/lantern/tables/{name}.json", query)
    assert told["Content-Type"] == "application/json"
    lines = list(csv.DictReader(io.StringIO(text)))
    return next(csv.reader(io.StringIO(text))), lines, told.json()


def test_each_table_is_the_same_in_both_forms_and_no_two_heads_are_alike(people: People, world: World) -> None:
    client = people.client("activator")
    for name in REGISTERED:
        heads, lines, told = table_of(client, name, asked_of(name, world))
        assert len(set(heads)) == len(heads), name
        assert {"table", "as_of", "population", "definition", "rows"} == set(told), name
        assert date.fromisoformat(told["as_of"]), name
        assert [[*row] for row in told["rows"]] == [heads] * len(lines), name
        cells = [["" if cell is None else str(cell) for cell in row.values()] for row in told["rows"]]
        assert [[*line.values()] for line in lines] == [[str(safe(cell)) for cell in row] for row in cells], name


def test_each_table_says_what_its_page_says_and_is_linked_there(people: People, world: World) -> None:
    client = people.client("viewer")
    bodies = {page: unescape(client.get(page).content.decode()) for page in set(PAGES.values())}
    for name, page in PAGES.items():
        _heads, lines, told = table_of(client, name, {})
        body = re.sub(r"\s+", " ", bodies[page])
        for form in FORMS:
            assert re.search(rf'href="/teams/lantern/tables/{name}\.{form}[?"]', body), name
        assert lines, name
        for value in [value for row in told["rows"] for value in row.values() if isinstance(value, str)]:
            if len(value) > 3 and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                assert re.sub(r"\s+", " ", value).lower() in body.lower(), (name, value)


def test_the_filter_of_the_page_is_kept(people: People, world: World) -> None:
    client = people.client("viewer")
    _heads, everything, _told = table_of(client, "gate", {})
    _heads, missing, _told = table_of(client, "gate", {"show": "missing"})
    assert [row for row in everything if row["State"] not in {"met", "waived"}] == missing
    assert len(everything) > len(missing) > 0
    body = client.get("/teams/lantern/?show=missing").content.decode()
    assert "/tables/gate.csv?show=missing" in body
    _heads, _lines, told = table_of(client, "levels", {"population": "volunteers"})
    assert told["population"] == "volunteers and unclassified"
    assert client.get("/teams/lantern/tables/levels.csv?population=staff").status_code == 404, "nothing was counted"


@pytest.mark.parametrize(
    "address",
    [
        *("unknown.csv", "gate.xml", "decision.csv", "decision.csv?decision=x", "decision.json?decision=²"),
        *("steps.csv", "steps.csv?pathway=%00", "levels.csv?pathway=none", "retention.csv?on=never"),
    ],
)
def test_what_is_not_there_is_not_found(address: str, people: People, world: World) -> None:
    assert people.client("admin").get(f"/teams/lantern/tables/{address}").status_code == 404


def test_the_team_decides_who_reads_its_tables(people: People, world: World) -> None:
    for name in REGISTERED:
        assert people.client("outsider").get(f"/teams/lantern/tables/{name}.csv").status_code == 404
        assert Client().get(f"/teams/lantern/tables/{name}.json").status_code == 302


def test_a_table_of_a_page_for_some_is_for_them_alone(people: People, world: World) -> None:
    closed = {name for name, told in REGISTERED.items() if told.roles}
    assert {"tokens", "secrets", "likenesses", "identities", "invitations"} <= closed
    for name in closed:
        address, query = f"/teams/lantern/tables/{name}.csv", asked_of(name, world)
        assert people.client("viewer").get(address, query).status_code == 403
        assert people.client("admin").get(address, query).status_code == 200
    _heads, _lines, told = table_of(people.client("activator"), "tokens", {})
    assert [(row["Name"], row["State"]) for row in told["rows"]] == [("One", "good")]


def test_another_teams_pathway_gives_nothing(people: People, world: World) -> None:
    other = world_of(people.outsider.memberships.get().team)
    for name in ("steps", "health", "iterations", "enrolments", "levels"):
        query = {"pathway": other.rows["pathway"]}
        assert people.client("partner").get(f"/teams/lantern/tables/{name}.csv", query).status_code == 404
    for name, part, row in (
        *(("problems", "import", "import"), ("import-gate", "import", "import"), ("deliveries", "source", "stream")),
        *(("names", "contributor", "contributor"), ("contributions", "contributor", "contributor")),
    ):
        foreign = {part: str(other.rows[row].pk)}
        assert people.client("partner").get(f"/teams/lantern/tables/{name}.csv", foreign).status_code == 404


def test_a_decision_tells_what_was_seen(people: People, world: World) -> None:
    heads, lines, told = table_of(people.client("viewer"), "decision", {"decision": "1"})
    assert "Had" in heads
    assert told["as_of"] == people.team.entered_on.isoformat()
    assert lines == [], "the entry froze no numbers"


@pytest.mark.django_db
def test_formulas_stay_text(people: People) -> None:
    TeamRiskFactory.create(team=people.team, text="=HYPERLINK(1)", mitigation="+1")
    _heads, lines, told = table_of(people.client("viewer"), "risks", {})
    assert (lines[0]["Risk"], lines[0]["Mitigation"]) == ("'=HYPERLINK(1)", "'+1")
    assert told["rows"][0]["Risk"] == "=HYPERLINK(1)"


CELLS = st.one_of(
    st.none(), st.integers(-9, 9), st.dates(), st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_nothing_is_lost_in_either_form(rows: list[tuple[object, object]]) -> None:
    table = Table("some", ["One", "Two"], rows, date(2026, 6, 17))
    saved = answer(table, "csv")
    assert saved["Content-Disposition"] == 'attachment; filename="some-2026-06-17.csv"'
    found = list(csv.reader(io.StringIO(saved.content.decode("utf-8-sig"), newline="")))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        ["" if cell is None else str(cell).removeprefix("'") for cell in row] for row in rows
    ]
    told = json.loads(answer(table, "json").content)["rows"]
    assert [[*row.values()] for row in told] == [
        [cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in rows
    ]
