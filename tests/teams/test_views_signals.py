"""Risk signals on the team's page, and the page of one."""

from datetime import UTC, datetime

import pytest

from teams.models import Signal, TeamRisk
from tests.conftest import People
from tests.factories import MilestoneFactory, RiskFactory, SignalFactory, TeamRiskFactory

pytestmark = pytest.mark.django_db
ANSWER = {"text": "All on one.", "likelihood": "3", "impact": "2", "seen": "1"}


@pytest.fixture
def signal(people: People) -> Signal:
    return SignalFactory.create(team=people.team)


def test_the_dashboard_shows_it_above_the_register_and_counts_no_risk(people: People, signal: Signal) -> None:
    response = people.client("activator").get("/teams/lantern/")
    page = response.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "The CBT partner is silent" in page
    assert "No check-in and no act by a partner since 1 Apr 2026: 77 days." in page
    assert page.index("The CBT partner is silent") < page.index("No risk on the register")
    assert response.context["dashboard"].risks == []
    assert f"/teams/lantern/signals/{signal.pk}/#accept" in page
    assert "#accept" not in people.client("viewer").get("/teams/lantern/").content.decode()


def test_accepting_begins_with_what_is_known(people: People) -> None:
    entry = RiskFactory.create(stage=people.team.stage, text="Nobody hands anything on.")
    told = {"ticks": 10, "by_one": 9, "days": 180}
    signal = SignalFactory.create(
        team=people.team, kind=Signal.Kind.TICKS, who=people.activator, catalogue=entry, evidence=told, degree=9
    )
    client = people.client("partner")
    response = client.get(f"/teams/lantern/signals/{signal.pk}/")
    form = response.context["accept_form"]
    assert (form["text"].value(), form["owner"].value()) == (entry.text, people.activator.pk)
    assert "Activator Muster: 9 of 10 ticks in the 180 days" in response.content.decode()
    posted = {name: form[name].value() or "" for name in form.fields}
    answered = client.post(f"/teams/lantern/signals/{signal.pk}/", posted)
    assert (answered.status_code, answered["Location"]) == (303, "/teams/lantern/#risks")
    risk = TeamRisk.objects.get()
    assert (risk.risk, risk.text, risk.owner, risk.likelihood, risk.impact) == (
        entry, entry.text, people.activator, 3, 2
    )  # fmt: skip
    assert risk.mitigation.startswith("Give one milestone")
    page = client.get("/teams/lantern/").content.decode()
    assert "put on the register by Partner Muster" in page


@pytest.mark.parametrize("kind", list(Signal.Kind))
def test_each_kind_has_its_words_and_leads_to_where_its_numbers_are_explained(
    people: People, kind: Signal.Kind
) -> None:
    evidence = {
        Signal.Kind.TICKS: {"ticks": 10, "by_one": 9, "days": 180},
        Signal.Kind.NO_CORE: {"as_of": "2026-06-17"},
        Signal.Kind.CORE_LAPSES: {"converted": 1, "lapsed": 3, "first": "2025-06-23", "last": "2026-06-17"},
        Signal.Kind.ONE_HALF: {
            "contributors": 12,
            "contributions": 90,
            "most": 50,
            "days": 365,
            "as_of": "2026-06-17",
        },
        Signal.Kind.SILENCE: {"last": "2026-04-01", "days": 77},
    }[kind]
    SignalFactory.create(team=people.team, kind=kind, evidence=evidence)
    client = people.client("viewer")
    (row,) = client.get("/teams/lantern/").context["dashboard"].signals.open
    assert client.get(row.explain).status_code == 200


def test_the_ticks_that_were_counted_are_listed(people: People) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage, text="The plan is written.")
    for seq, day in enumerate((10, 18), 1):
        people.team.milestone_events.create(
            milestone=milestone, seq=seq, action="done", state="done", actor=people.activator,
            at=datetime(2026, 6, day, tzinfo=UTC),
        )  # fmt: skip
    told = {"ticks": 10, "by_one": 9, "days": 180}
    signal = SignalFactory.create(team=people.team, kind=Signal.Kind.TICKS, who=people.activator, evidence=told)
    page = people.client("viewer").get(f"/teams/lantern/signals/{signal.pk}/")
    assert [tick.seq for tick in page.context["ticks"]] == [1], "the second one came after the day of the evidence"


def test_a_dismissal_needs_its_reason_and_keeps_it_for_everybody(people: People, signal: Signal) -> None:
    address = f"/teams/lantern/signals/{signal.pk}/dismissal/"
    client = people.client("activator")
    assert client.post(address, {"reason": "", "seen": "1"}).status_code == 422
    assert client.post(address, {"reason": "On leave until July.", "seen": "1"}).status_code == 303
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    assert "“On leave until July.”" in page
    assert "Activator Muster dismissed a risk signal" in page


def test_two_people_answer_one_signal_and_the_second_loses_no_word(people: People, signal: Signal) -> None:
    address = f"/teams/lantern/signals/{signal.pk}/"
    people.client("partner").post(f"{address}dismissal/", {"reason": "On leave.", "seen": "1"})
    response = people.client("activator").post(address, ANSWER)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Partner Muster has answered it already: dismissed." in page
    assert "All on one." in page
    response = people.client("activator").post(f"{address}dismissal/", {"reason": "They are ill.", "seen": "1"})
    assert (response.status_code, "They are ill." in response.content.decode()) == (409, True)


def test_a_form_that_is_not_whole_comes_back_with_what_was_typed(people: People, signal: Signal) -> None:
    response = people.client("partner").post(f"/teams/lantern/signals/{signal.pk}/", ANSWER | {"likelihood": "9"})
    assert (response.status_code, "All on one." in response.content.decode()) == (422, True)


def test_another_teams_signal_is_not_found(people: People) -> None:
    other = SignalFactory.create(team=people.outsider.memberships.get().team)
    for address in ("", "dismissal/"):
        response = people.client("admin").post(f"/teams/lantern/signals/{other.pk}/{address}", ANSWER)
        assert response.status_code == 404


def test_an_answered_signal_is_only_read(people: People) -> None:
    risk = TeamRiskFactory.create(team=people.team)
    signal = SignalFactory.create(
        team=people.team, state="accepted", closed_at=datetime(2026, 6, 18, tzinfo=UTC), answered_by=people.partner,
        risk=risk,
    )  # fmt: skip
    page = people.client("activator").get(f"/teams/lantern/signals/{signal.pk}/").content.decode()
    assert f"/teams/lantern/risks/{risk.pk}/" in page
    assert "Dismiss the signal" not in page
