"""The data page: who may do what, honest answers to bad input, and a bar that stops."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse

from lifecycle import clock, jobs
from lifecycle.models import Job
from metrics import quarantine
from metrics.models import Contribution, Import, Source
from pathways.models import Kind, Pathway
from teams.models import Team
from tests.conftest import People
from tests.factories import KindFactory, PathwayFactory, TeamFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db
KINDS = "commit,name,author_ts,kind"


@pytest.fixture
def source(people: People) -> Source:
    return source_for(PathwayFactory.create(team=people.team))


def address(name: str, *args: object) -> str:
    return reverse(f"metrics:{name}", args=["lantern", *args])


def upload(source: Source, content: bytes) -> dict[str, Any]:
    return {"source": source.pk, "file": SimpleUploadedFile("acts.csv", content), "complete_to": ""}


def test_the_story_of_one_file(people: People, source: Source) -> None:
    activator = people.client("activator")
    answer = activator.post(address("uploads"), upload(source, file_of(row(1))))
    delivery = Import.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, address("import", delivery.pk))
    assert delivery.created_by == people.activator
    waiting = activator.get(address("import-report", delivery.pk)).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "<progress" in waiting
    jobs.drain()
    done = activator.get(address("import-report", delivery.pk)).content.decode()
    assert "hx-trigger" not in done
    assert "1 new contribution." in done
    assert "hx-trigger" not in activator.get(address("import-row", delivery.pk)).content.decode()
    page = activator.get(address("data")).content.decode()
    assert "acts.csv" in page
    assert "stale: ends" in page  # an old file imported today is not fresh


def test_the_bar_shows_how_far_the_worker_has_come(people: People, source: Source) -> None:
    delivery = deliver(source, file_of(row(1)), work=False)
    Job.objects.filter(kind="import").update(
        state=Job.State.RUNNING, progress=30, total=100, lease="a" * 32, lease_until=clock.now()
    )
    assert 'value="30"' in people.client("viewer").get(address("import", delivery.pk)).content.decode()


def test_each_figure_of_a_report_is_explained_and_says_which_they_are(people: People, source: Source) -> None:
    """The list is of today: a decision takes people out of it, and the page says so."""
    Source.objects.filter(pk=source.pk).update(starts_on=date(2020, 1, 1))
    lines = ["c1,Ann,1704888000,", "c2,Bo,1,", "c3,Cy,1704888000,juggling", "c1,Ann,1704888000,"]
    delivery = deliver(Source.objects.get(), file_of(*lines, header=KINDS))
    client = people.client("viewer")
    report = client.get(address("import", delivery.pk)).content.decode()
    told = {"rows": 4, "new": 3, "duplicate": 1, "quarantined": 1, "unknown_kind": 1, "rejected": 0}
    who = {"new": {"Ann", "Bo", "Cy"}, "quarantined": {"Bo"}, "unknown_kind": {"Cy"}}
    for key, count in told.items():
        page = address("import-figure", delivery.pk, key)
        assert f'href="{page}">{count}<' in report, key
        body = client.get(page).content.decode()
        assert f'<strong class="figure">{count}</strong>' in body, key
        assert {name for name in ("Ann", "Bo", "Cy") if f">{name}</a>" in body} == who.get(key, set())
        taken = client.get(address("import-figure-json", delivery.pk, key))
        assert taken.status_code == (200 if key in who else 404), key
        if key in who:
            assert {each["Person"] for each in taken.json()["rows"]} == who[key]
            assert all(each["Why it does not count"] for each in taken.json()["rows"] if each["Person"] != "Ann")
    Kind.objects.filter(key="juggling").update(state=Kind.State.IGNORED)
    assert "Today there are 0" in client.get(address("import-figure", delivery.pk, "unknown_kind")).content.decode()
    assert client.get(address("import-figure", delivery.pk, "size")).status_code == 404


READ = [("data", False), ("import", True), ("import-report", True), ("import-row", True)]
WRITE = [("sources", False), ("uploads", False), ("retries", True)]
STATUS = {"viewer": (200, 403), "partner": (200, 403), "outsider": (404, 404), "anonymous": (302, 302)}


@pytest.mark.parametrize("who", STATUS)
def test_who_reads_and_who_writes(people: People, source: Source, who: str) -> None:
    delivery = deliver(source, file_of(row(1)))
    client, (read, write) = people.client(who), STATUS[who]
    for name, one in READ:
        assert client.get(address(name, *([delivery.pk] if one else []))).status_code == read, name
    for name, one in WRITE:
        assert client.post(address(name, *([delivery.pk] if one else []))).status_code == write, name
    assert client.get(address("rejected-rows", delivery.pk)).status_code == write
    assert Import.objects.count() == 1


def test_another_teams_import_is_not_to_be_had_through_ones_own_address(people: People, source: Source) -> None:
    foreign = deliver(source_for(), file_of(row(1)))
    client = people.client("activator")
    for name in ("import", "import-report", "import-row", "rejected-rows"):
        assert client.get(address(name, foreign.pk)).status_code == 404
    assert client.post(address("retries", foreign.pk)).status_code == 404
    answer = client.post(address("uploads"), upload(foreign.source, file_of(row(2))))
    assert answer.status_code == 422
    assert Import.objects.count() == 1


def test_a_team_that_is_gone_and_a_retired_one(people: People, source: Source) -> None:
    client = people.client("activator")
    assert client.get(reverse("metrics:data", args=["gone"])).status_code == 404
    assert client.post(reverse("metrics:uploads", args=["gone"])).status_code == 404
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.RETIRED)
    assert client.get(address("data")).status_code == 200
    assert client.post(address("uploads"), upload(source, file_of(row(1)))).status_code == 403


def test_without_a_pathway_the_first_step_is_one(people: People) -> None:
    client = people.client("activator")
    page = client.get(address("data")).content.decode()
    assert 'id="source-form"' not in page
    assert reverse("pathways:pathways", args=["lantern"]) in page
    pathway = PathwayFactory.create(team=people.team)
    assert f'<option value="{pathway.pk}" selected>' in client.get(address("data")).content.decode(), "the only one"


def test_a_source_is_added(people: People) -> None:
    pathway, kind = PathwayFactory.create(team=people.team), KindFactory.create()
    fields = {"type": "csv", "name": "Commits", "pathway": pathway.pk, "default_kind": kind.pk}
    fields["starts_on"] = "2024-01-01"
    client = people.client("activator")
    added = client.post(address("sources"), fields)
    made = Source.objects.get()
    assert (added.status_code, added["Location"]) == (303, f"{address('data')}?source={made.pk}#upload")
    assert f'<option value="{made.pk}" selected>' in client.get(added["Location"]).content.decode()
    assert (made.team, made.pathway, made.starts_on) == (people.team, pathway, date(2024, 1, 1))
    again = client.post(address("sources"), fields)
    assert again.status_code == 422
    assert "Commits" in again.content.decode()  # nothing typed is lost
    foreign: Pathway = PathwayFactory.create()
    assert client.post(address("sources"), {**fields, "name": "X", "pathway": foreign.pk}).status_code == 422
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "0"},
        {"source": "many"},
        {"file": ""},
        {"complete_to": "2026-02-30"},
        {"complete_to": (clock.today() + timedelta(days=2)).isoformat()},
    ],
    ids=str,
)
def test_a_form_that_makes_no_sense_is_shown_again(people: People, source: Source, fields: dict[str, str]) -> None:
    answer = people.client("activator").post(address("uploads"), {**upload(source, file_of(row(1))), **fields})
    assert answer.status_code == 422
    assert 'class="errorlist' in answer.content.decode()
    assert not Import.objects.exists()


def test_a_source_switched_off_meanwhile_is_a_stale_form(people: People, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(enabled=False)
    answer = people.client("activator").post(address("uploads"), upload(source, file_of(row(1))))
    assert answer.status_code == 422


def test_a_file_over_the_limit(people: People, source: Source, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1_000
    answer = people.client("activator").post(address("uploads"), upload(source, b"x" * 1_001))
    assert answer.status_code == 413
    assert "larger than 1000" in answer.content.decode().replace("\xa0", " ")
    assert not Import.objects.exists()


def test_a_body_over_the_limit_is_not_even_kept_while_it_comes(
    people: People, source: Source, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_LIMIT = 1_000
    kept: list[bytes] = []
    monkeypatch.setattr(TemporaryUploadedFile, "write", lambda _file, chunk: kept.append(chunk), raising=False)
    answer = people.client("activator").post(address("uploads"), upload(source, b"x" * 100_000))
    assert answer.status_code == 413
    assert "larger than 1000" in answer.content.decode().replace("\xa0", " ")
    assert kept == []


def test_an_empty_file_gets_a_report_like_every_bad_file(people: People, source: Source) -> None:
    client = people.client("activator")
    assert client.post(address("uploads"), upload(source, b"")).status_code == 303
    jobs.drain()
    page = client.get(address("import", Import.objects.get().pk)).content.decode()
    assert "The file is empty." in page


def test_rejected_lines_are_downloaded_as_text_that_no_spreadsheet_computes(people: People, source: Source) -> None:
    name = "\"=cmd|' /C calc'!A0\""
    delivery = deliver(source, file_of(row(1, name=name, ts="soon")))
    client = people.client("activator")
    page = client.get(address("import", delivery.pk)).content.decode()
    assert address("rejected-rows", delivery.pk) in page
    assert f"{address('data')}?source={source.pk}#upload" in page, "the mended file has somewhere to go"
    answer = client.get(address("rejected-rows", delivery.pk))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\"'=cmd|' /C calc'!A0\"" in answer.content.decode("utf-8-sig")
    assert ',"=cmd' not in answer.content.decode()


def test_what_the_data_says_is_escaped(people: People, source: Source) -> None:
    deliver(source, file_of("c1,Ann,1,<script>alert(1)</script>", header=KINDS))
    deliver(source, file_of(row(2, ts="<script>alert(2)</script>")))
    client = people.client("activator")
    for url in (address("data"), address("import", Import.objects.latest("pk").pk)):
        assert "<script>alert" not in client.get(url).content.decode()


def test_an_unknown_kind_waits_for_an_admin(people: People, source: Source) -> None:
    deliver(source, file_of("c1,Ann,1,juggling", "c2,Ann,1,", header=KINDS))
    kind = Kind.objects.get(key="juggling")
    page = people.client("activator").get(address("data")).content.decode()
    assert "juggling" in page
    assert address("kind-decisions", kind.pk) not in page
    decisions = address("kind-decisions", kind.pk)
    assert people.client("activator").post(decisions, {"answer": "count"}).status_code == 403
    admin = people.client("admin")
    assert decisions in admin.get(address("data")).content.decode()
    assert admin.post(decisions, {"answer": "nonsense"}).status_code == 422
    before = Team.objects.get(pk=people.team.pk).facts_version
    commit = Kind.objects.get(key="commit")
    assert admin.post(decisions, {"answer": str(commit.pk)}).status_code == 303
    kind.refresh_from_db()
    assert (kind.state, kind.same_as) == (Kind.State.KNOWN, commit)
    assert Team.objects.get(pk=people.team.pk).facts_version > before
    assert decisions not in admin.get(address("data")).content.decode()
    assert admin.post(decisions, {"answer": "ignore"}).status_code == 409


def test_quarantined_contributions_are_shown_with_the_reason(people: People, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(starts_on=date(2025, 1, 1))
    deliver(Source.objects.get(), file_of(row(1)))
    assert Contribution.objects.get().state == Contribution.State.BEFORE_START
    client = people.client("viewer")
    page = client.get(address("data")).content.decode()
    assert "before the source&#x27;s declared start" in page
    assert 'href="#quarantine"' in page, "what waits is said above everything else"
    assert "1 of them does not count" in client.get(address("import", Import.objects.get().pk)).content.decode()
    quarantine.decide(source, why="before", counts=False, actor=people.activator)
    assert 'href="#quarantine"' not in client.get(address("data")).content.decode()


def test_the_page_costs_the_same_at_any_length(
    people: People, source: Source, django_assert_max_num_queries: Any
) -> None:
    client = people.client("activator")
    client.get(address("data"))
    for number in range(3):
        other = source_for(PathwayFactory.create(team=people.team))
        for repeat in range(3):
            deliver(other, file_of(row(100 * number + repeat)))
    TeamFactory.create()
    with django_assert_max_num_queries(15):
        client.get(address("data"))


def test_a_source_made_by_mistake_is_switched_off_and_on_again(people: People) -> None:
    """A source that never came would hold every number of the team back for ever."""
    source = source_for(PathwayFactory.create(team=people.team))
    client = people.client("activator")
    address = reverse("metrics:source-switch", args=[people.team.slug, source.pk])
    for enabled in ("no", "yes"):
        version = Team.objects.get(pk=people.team.pk).facts_version
        assert client.post(address, {"enabled": enabled}).status_code == 303
        source.refresh_from_db()
        assert source.enabled is (enabled == "yes")
        assert Team.objects.get(pk=people.team.pk).facts_version > version
