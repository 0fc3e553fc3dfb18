"""Case studies: who makes one known, what stands on the list, and what the page says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lifecycle import clock
from lifecycle.models import Job, Stage
from teams import case_studies
from teams.models import CaseStudy, Team
from teams.refusals import Conflict, Refused
from tests.conftest import People
from tests.factories import CaseStudyFactory

pytestmark = pytest.mark.django_db
URL = "https://studies.example/lantern"
ADDRESS = "/teams/lantern/case-studies/"


def typed(**values: str) -> dict[str, str]:
    return {"title": "How Lantern grew", "url": URL, "on": clock.today().isoformat()} | values


def facts_version(team: Team) -> int:
    return Team.objects.get(pk=team.pk).facts_version


@pytest.mark.parametrize("name", ["activator", "partner", "admin"])
def test_whoever_works_with_the_team_publishes_and_withdraws(people: People, name: str) -> None:
    actor = getattr(people, name)
    made = case_studies.record(people.team, actor=actor, title=" How Lantern grew ", url=URL)
    assert (made.title, made.published_on, made.published_by) == ("How Lantern grew", clock.today(), actor)
    assert case_studies.of_team(people.team) == [made]
    assert case_studies.withdraw(made, actor=actor, reason="Out of date.").withdrawn_on == clock.today()
    assert case_studies.of_team(people.team) == []


@pytest.mark.parametrize("name", ["viewer", "outsider"])
def test_nobody_else_does(people: People, name: str) -> None:
    there, actor = CaseStudyFactory.create(team=people.team), getattr(people, name)
    with pytest.raises(PermissionDenied):
        case_studies.record(people.team, actor=actor, title="Ours", url=URL)
    with pytest.raises(PermissionDenied):
        case_studies.withdraw(there, actor=actor, reason="Out of date.")
    assert CaseStudy.objects.get().withdrawn_on is None


def test_a_retired_team_is_only_read(people: People) -> None:
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.RETIRED)
    with pytest.raises(PermissionDenied):
        case_studies.record(people.team, actor=people.admin, title="Ours", url=URL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"url": " "},
        {"url": "javascript:alert(1)"},
        {"url": "ftp://studies.example/lantern"},
        {"on": date(9999, 1, 1)},
    ],
)
def test_it_has_a_title_a_web_address_and_a_day_that_has_come(people: People, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        case_studies.record(people.team, actor=people.partner, **{"title": "Ours", "url": URL} | wrong)
    assert not CaseStudy.objects.exists()


def test_one_link_is_on_the_list_once_and_may_come_back(people: People) -> None:
    first = case_studies.record(people.team, actor=people.partner, title="Ours", url=URL)
    with pytest.raises(Conflict):
        case_studies.record(people.team, actor=people.activator, title="Ours again", url=URL)
    case_studies.withdraw(first, actor=people.partner, reason="Out of date.")
    with pytest.raises(Conflict):
        case_studies.withdraw(first, actor=people.partner, reason="Out of date.")
    again = case_studies.record(people.team, actor=people.partner, title="Ours", url=URL)
    assert case_studies.of_team(people.team) == [again]


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"url": ""}, {"withdrawn_on": date(2026, 6, 1), "published_on": date(2026, 6, 2)}, {"url": URL}],
)
def test_the_database_keeps_the_rules_too(people: People, wrong: dict[str, Any]) -> None:
    CaseStudyFactory.create(team=people.team, url=URL)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseStudyFactory.create(team=people.team, **wrong)


def test_every_change_asks_for_a_recount(people: People) -> None:
    Job.objects.all().delete()
    before = facts_version(people.team)
    made = case_studies.record(people.team, actor=people.partner, title="Ours", url=URL)
    published = facts_version(people.team)
    case_studies.withdraw(made, actor=people.partner, reason="Out of date.")
    withdrawn = facts_version(people.team)
    CaseStudy.objects.all().delete()
    assert before < published < withdrawn < facts_version(people.team)
    assert Job.objects.filter(kind="recount", key=str(people.team.pk), state="queued").count() == 1


def test_published_from_the_page_and_withdrawn_there(people: People) -> None:
    client = people.client("activator")
    response = client.post(ADDRESS, typed())
    assert (response.status_code, response["Location"]) == (303, "/teams/lantern/case-study/#elsewhere")
    made = CaseStudy.objects.get()
    assert f'<a href="{URL}">How Lantern grew</a>' in client.get("/teams/lantern/case-study/").content.decode()
    assert "How Lantern grew" in people.client("viewer").get("/teams/lantern/case-study/").content.decode()
    assert client.post(f"{ADDRESS}{made.pk}/withdrawal/").status_code == 422
    reason = {"reason": "It tells of a pathway that is closed."}
    assert client.post(f"{ADDRESS}{made.pk}/withdrawal/", reason).status_code == 303
    assert URL not in client.get("/teams/lantern/").content.decode()
    assert client.post(f"{ADDRESS}{made.pk}/withdrawal/", reason).status_code == 409
    assert reason["reason"] in client.get("/teams/lantern/case-study/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"url": "javascript:alert(1)"},
        {"url": "ftp://studies.example/lantern"},
        {"on": "9999-01-01"},
    ],
)
def test_what_was_typed_comes_back(people: People, wrong: dict[str, str]) -> None:
    Stage.objects.update(is_last=False)
    sent = typed(**wrong)
    response = people.client("partner").post(ADDRESS, sent)
    body = response.content.decode()
    assert response.status_code == 422
    assert all(f'value="{value}"' in body for value in sent.values() if value)
    assert not CaseStudy.objects.exists()


@pytest.mark.parametrize("is_last", [False, True])
def test_the_dashboard_lists_them_in_the_last_stage(people: People, is_last: bool) -> None:
    Stage.objects.update(is_last=is_last)
    there = CaseStudyFactory.create(team=people.team)
    assert (str(there) in people.client("activator").get("/teams/lantern/").content.decode()) is is_last


def test_the_viewer_reads_the_list_and_has_no_form(people: People) -> None:
    there = CaseStudyFactory.create(team=people.team)
    body = people.client("viewer").get("/teams/lantern/case-study/").content.decode()
    assert there.url in body
    assert "case-studies/" not in body


def test_a_long_list_costs_the_page_nothing(people: People) -> None:
    client = people.client("partner")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/teams/lantern/")
        return len(captured)

    CaseStudyFactory.create(team=people.team, published_on=clock.today() - timedelta(days=1))
    few = queries()
    CaseStudyFactory.create_batch(9, team=people.team)
    assert queries() == few
