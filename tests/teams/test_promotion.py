from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Criterion, Job, Stage
from teams import milestones, promotion
from teams.milestones import Action
from teams.models import Measurement, Membership, Promotion, PromotionRequest, Role, Team, User, Waiver
from teams.promotion import Refused, Stale
from tests.conftest import People
from tests.factories import (
    CheckInFactory,
    CriterionFactory,
    MeasurementFactory,
    MembershipFactory,
    MilestoneFactory,
    UserFactory,
)
from tests.teams.scenes import asked, fresh, history, measured, stages

State = PromotionRequest.State


@pytest.fixture
def ladder(people: People) -> list[Stage]:
    """Three stages; the team stands in the first, and its gate is open."""
    ladder = stages()
    measured(people.team, 3)
    return ladder


def promote(asked: PromotionRequest, actor: User) -> Promotion:
    """From a fresh screen."""
    return promotion.promote(asked, actor=actor, seen_version=fresh(asked.team).data_version)


def test_a_team_is_founded_with_its_entry(ladder: list[Stage], people: People) -> None:
    team = promotion.found(name="Harbour", slug="harbour", actor=people.admin)
    assert (team.stage, team.entered_on) == (ladder[0], clock.today())
    entry = Promotion.objects.get(team=team)
    assert (entry.seq, entry.kind, entry.from_stage, entry.to_stage) == (1, "entered", None, ladder[0])
    assert entry.decided_by == people.admin
    assert team.data_version == fresh(team).data_version
    day = clock.today() - timedelta(days=400)
    late = promotion.found(name="Mill", slug="mill", actor=None, stage=ladder[1], on=day)
    assert (late.stage, late.entered_on, late.promotions.get().effective_on) == (ladder[1], day, day)
    with pytest.raises(PermissionDenied):
        promotion.found(name="Mine", slug="mine", actor=people.activator)


def test_an_activator_asks_and_a_partner_promotes(ladder: list[Stage], people: People) -> None:
    request = promotion.request(people.team, actor=people.activator, note=" We are ready. ")
    assert (request.stage, request.note, request.state) == (ladder[0], "We are ready.", State.OPEN)
    made = promote(request, people.partner)
    team = fresh(people.team)
    assert (team.stage, team.entered_on) == (ladder[1], clock.today())
    assert (made.kind, made.from_stage, made.to_stage) == (Promotion.Kind.PROMOTED, ladder[0], ladder[1])
    assert (made.requested_by, made.decided_by, made.effective_on) == (people.activator, people.partner, clock.today())
    request.refresh_from_db()
    assert request.state == State.PROMOTED
    assert request.closed_at is not None
    assert Job.objects.filter(kind="recount", key=str(team.pk), state="queued").exists()
    assert team.facts_version > made.data_version


def test_the_record_freezes_all_that_was_seen(ladder: list[Stage], people: People) -> None:
    team = people.team
    task = MilestoneFactory.create(stage=team.stage, needs_verification=True)
    for who, action in ((people.activator, Action.DONE), (people.partner, Action.VERIFY)):
        seen = milestones.state_of(team, task).seq
        milestones.record(team, milestone=task, actor=who, action=action, seen=seen, link="https://a.example/")
    short = CriterionFactory.create(stage=team.stage, measure=Measure.LEADERS, threshold=Decimal(2))
    MeasurementFactory.create(team=team, measure=Measure.LEADERS, value=1, job=7)
    Waiver.objects.create(
        team=team,
        criterion=short,
        reason="The second leader starts in May.",
        expires_on=clock.today(),
        asked_by=people.activator,
        decided_by=people.partner,
        decided_at=clock.now(),
        state=Waiver.State.GRANTED,
    )
    seen_version = fresh(team).data_version
    made = promote(asked(team, people.activator), people.partner)
    Criterion.objects.update(threshold=99)
    Measurement.objects.update(value=0)
    made.refresh_from_db()
    record = made.record
    assert (record["verdict"], record["stage"]["order"], record["to_stage"]["order"]) == ("open", 1, 2)
    assert record["data_version"] == made.data_version == seen_version + 1  # the request itself
    rows = {row["key"]: row for row in record["conditions"]}
    leaders = rows[short.key]
    assert (leaders["state"], leaders["value"], leaders["threshold"], leaders["wanted"], leaders["have"]) == (
        "waived",
        "1.0000",
        "2.00",
        "at least 2",
        "1",
    )
    assert (leaders["job"], leaders["data_version"], leaders["as_of"]) == (7, 1_000_000, clock.today().isoformat())
    assert leaders["waiver"] == {
        "id": Waiver.objects.get().pk,
        "reason": "The second leader starts in May.",
        "expires_on": clock.today().isoformat(),
        "asked_by": {"id": people.activator.pk},
        "granted_by": {"id": people.partner.pk},
    }
    (ticked,) = rows["milestones"]["milestones"]
    assert (ticked["key"], ticked["state"], ticked["seq"], ticked["link"]) == (
        task.key,
        "verified",
        2,
        "https://a.example/",
    )
    assert ticked["verified"]["by"] == {"id": people.partner.pk}
    members = {(each["id"], each["role"]) for each in record["people"]["members"]}
    assert members == {(people.activator.pk, "activator"), (people.partner.pk, "partner")}


def test_a_record_names_accounts_by_id_and_reads_with_names(ladder: list[Stage], people: People) -> None:
    made = promote(asked(people.team, people.activator), people.partner)
    assert str(people.partner) not in str(made.record)
    with CaptureQueriesContext(connection) as queries:
        record = promotion.readable(made)
    assert len(queries) == 1
    assert record["people"]["decided_by"] == {"id": people.partner.pk, "name": str(people.partner)}
    assert {each["name"] for each in record["people"]["members"]} == {str(people.partner), str(people.activator)}
    assert "name" not in made.record["people"]["decided_by"]


@pytest.mark.parametrize("name", ["viewer", "partner", "outsider"])
def test_only_an_activator_or_an_admin_asks(ladder: list[Stage], people: People, name: str) -> None:
    with pytest.raises(PermissionDenied):
        promotion.request(people.team, actor=getattr(people, name))
    assert promotion.request(people.team, actor=people.admin).requested_by == people.admin


@pytest.mark.parametrize("name", ["viewer", "activator", "outsider"])
def test_only_a_partner_or_an_admin_decides(ladder: list[Stage], people: People, name: str) -> None:
    request = asked(people.team, UserFactory.create())
    actor = getattr(people, name)
    with pytest.raises(PermissionDenied):
        promote(request, actor)
    with pytest.raises(PermissionDenied):
        promotion.decline(request, actor=actor, reason="No.")
    with pytest.raises(PermissionDenied):
        promotion.step_back(people.team, actor=actor, to_stage=ladder[0], reason="No.")
    assert fresh(people.team).stage == ladder[0]
    assert history(people.team) == []


def test_a_partner_of_another_team_decides_nothing_here(ladder: list[Stage], people: People) -> None:
    MembershipFactory.create(user=people.outsider, role=Role.PARTNER)
    with pytest.raises(PermissionDenied):
        promote(asked(people.team, people.activator), people.outsider)


def test_the_requester_never_decides(ladder: list[Stage], people: People) -> None:
    MembershipFactory.create(team=people.team, user=people.activator, role=Role.PARTNER)
    for both in (people.activator, people.admin):
        request = promotion.request(people.team, actor=both)
        with pytest.raises(Refused, match="yourself"):
            promote(request, both)
        with pytest.raises(Refused, match="yourself"):
            promotion.decline(request, actor=both, reason="No.")
        promotion.withdraw(request, actor=both)
    assert history(people.team) == []


def test_nobody_asks_through_a_gate_that_is_not_open(ladder: list[Stage], people: People) -> None:
    Measurement.objects.update(value=0)
    with pytest.raises(Refused, match="closed") as caught:
        promotion.request(people.team, actor=people.activator)
    assert caught.value.verdict is not None
    assert caught.value.verdict.blocking
    Measurement.objects.update(value=None, reason="Broken.")
    with pytest.raises(Refused, match="cannot decide"):
        promotion.request(people.team, actor=people.activator)
    Measurement.objects.update(value=3, data_version=0)
    with pytest.raises(Refused, match="counted again"):
        promotion.request(people.team, actor=people.activator)


def test_one_open_request_a_team(ladder: list[Stage], people: People) -> None:
    first = promotion.request(people.team, actor=people.activator)
    assert promotion.request(people.team, actor=people.activator) == first
    with pytest.raises(Refused, match="asked already"):
        promotion.request(people.team, actor=people.admin)
    assert promotion.pending_request(people.team) == first


def test_a_request_may_be_taken_back_and_made_anew(ladder: list[Stage], people: People) -> None:
    request = promotion.request(people.team, actor=people.activator)
    with pytest.raises(PermissionDenied):
        promotion.withdraw(request, actor=people.partner)
    assert promotion.withdraw(request, actor=people.activator).state == State.WITHDRAWN
    with pytest.raises(Stale):
        promotion.withdraw(request, actor=people.activator)
    with pytest.raises(Stale):
        promote(request, people.partner)
    assert promotion.request(people.team, actor=people.activator) != request


def test_the_last_stage_has_no_way_on(ladder: list[Stage], people: People) -> None:
    Team.objects.filter(pk=people.team.pk).update(stage=ladder[-1])
    team = fresh(people.team)
    measured(team, 3, window_days=1)
    assert promotion.next_stage(team.stage) is None
    with pytest.raises(Refused, match="last stage"):
        promotion.request(team, actor=people.activator)
    with pytest.raises(Refused, match="last stage"):
        promote(asked(team, people.activator), people.partner)


@pytest.mark.parametrize("state", [Team.State.PAUSED, Team.State.RETIRED])
def test_a_team_that_is_not_active_is_not_moved(ladder: list[Stage], people: People, state: Team.State) -> None:
    request = asked(people.team, people.activator)
    Team.objects.filter(pk=people.team.pk).update(state=state)
    with pytest.raises(Refused, match=state):
        promotion.request(people.team, actor=people.activator)
    with pytest.raises(Refused, match=state):
        promote(request, people.partner)
    with pytest.raises(Refused, match=state):
        promotion.decline(request, actor=people.partner, reason="No.")
    assert history(people.team) == []


def test_any_change_since_the_page_was_read_makes_the_decision_stale(ladder: list[Stage], people: People) -> None:
    request = asked(people.team, people.activator)
    seen = fresh(people.team).data_version
    CheckInFactory.create(team=people.team)
    with pytest.raises(Stale) as caught:
        promotion.promote(request, actor=people.partner, seen_version=seen)
    assert caught.value.current.data_version == fresh(people.team).data_version > seen
    assert promote(request, people.partner)


def test_a_gate_that_closed_in_the_meantime_refuses(ladder: list[Stage], people: People) -> None:
    request = promotion.request(people.team, actor=people.activator)
    Measurement.objects.update(value=0)
    with pytest.raises(Refused, match="closed") as caught:
        promote(request, people.partner)
    assert caught.value.verdict is not None
    Measurement.objects.update(value=3, data_version=0)
    with pytest.raises(Refused, match="counted again"):
        promote(request, people.partner)
    assert history(people.team) == []


def test_rights_taken_away_count_at_once(ladder: list[Stage], people: People) -> None:
    request = promotion.request(people.team, actor=people.activator)
    Membership.objects.filter(user=people.partner).update(ends_on=clock.today())
    with pytest.raises(PermissionDenied):
        promote(request, people.partner)


def test_a_waiver_that_ran_out_overnight_lets_nobody_through(ladder: list[Stage], people: People) -> None:
    Measurement.objects.update(value=0)
    waiver = Waiver.objects.create(
        team=people.team,
        criterion=Criterion.objects.get(),
        reason="Later.",
        expires_on=clock.today(),
        asked_by=people.activator,
        decided_by=people.partner,
        decided_at=clock.now(),
        state=Waiver.State.GRANTED,
    )
    request = promotion.request(people.team, actor=people.activator)
    seen = fresh(people.team).data_version
    # No row changes at midnight, so the version does not either: the day is read again behind the lock.
    Waiver.objects.filter(pk=waiver.pk).update(expires_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused, match="closed"):
        promotion.promote(request, actor=people.partner, seen_version=seen + 1)


def test_a_decline_has_a_reason_and_a_record(ladder: list[Stage], people: People) -> None:
    request = promotion.request(people.team, actor=people.activator)
    with pytest.raises(Refused, match="reason"):
        promotion.decline(request, actor=people.partner, reason="  ")
    made = promotion.decline(request, actor=people.partner, reason="After the summer.")
    assert (made.kind, made.to_stage, made.reason) == (Promotion.Kind.DECLINED, ladder[0], "After the summer.")
    assert made.record["verdict"] == "open"
    assert fresh(people.team).stage == ladder[0]
    with pytest.raises(Stale):
        promote(request, people.partner)
    assert promotion.request(people.team, actor=people.activator)


def test_a_step_back_has_a_reason_and_closes_the_request(ladder: list[Stage], people: People) -> None:
    promote(promotion.request(people.team, actor=people.activator), people.partner)
    pending = asked(fresh(people.team), people.activator)
    team = fresh(people.team)
    for to_stage in (ladder[1], ladder[2]):
        with pytest.raises(Refused, match="before"):
            promotion.step_back(team, actor=people.partner, to_stage=to_stage, reason="Too early.")
    with pytest.raises(Refused, match="reason"):
        promotion.step_back(team, actor=people.partner, to_stage=ladder[0], reason="")
    made = promotion.step_back(team, actor=people.partner, to_stage=ladder[0], reason="Too early.")
    assert (made.seq, made.kind, made.from_stage, made.to_stage) == (2, "stepped_back", ladder[1], ladder[0])
    assert fresh(team).stage == ladder[0]
    pending.refresh_from_db()
    assert pending.state == State.WITHDRAWN
    with pytest.raises(Refused):  # the second of two partners who both stepped it back
        promotion.step_back(team, actor=people.partner, to_stage=ladder[0], reason="Too early.")


def test_a_request_for_a_stage_already_left_is_void(ladder: list[Stage], people: People) -> None:
    request = asked(people.team, people.activator)
    Team.objects.filter(pk=people.team.pk).update(stage=ladder[1])
    with pytest.raises(Stale):
        promote(request, people.partner)


def test_later_numbers_flag_a_decision_and_never_rewrite_it(ladder: list[Stage], people: People) -> None:
    made = promote(promotion.request(people.team, actor=people.activator), people.partner)
    team = fresh(people.team)
    assert (promotion.differs(made), promotion.flags(team)) == ([], [])
    Measurement.objects.update(value=2)
    (difference,) = promotion.differs(made)
    assert (difference.then, difference.now, difference.lost) == ("3", "2", False)
    assert promotion.flags(team) == []
    Measurement.objects.update(value=0)
    with CaptureQueriesContext(connection) as queries:
        ((flagged, lost),) = promotion.flags(team)
    assert len(queries) == 2
    assert flagged == made
    assert [(each.then, each.now, each.lost) for each in lost] == [("3", "0", True)]
    assert fresh(team).stage == ladder[1]
    Measurement.objects.update(value=None, reason="Broken.")
    assert promotion.differs(made) == []


def test_what_counts_from_the_stage_entry_is_not_held_against_another_stay(ladder: list[Stage], people: People) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.NEW_CONTRIBUTORS, threshold=Decimal(25))
    MeasurementFactory.create(team=people.team, measure=Measure.NEW_CONTRIBUTORS, value=26)
    made = promote(promotion.request(people.team, actor=people.activator), people.partner)
    Measurement.objects.filter(measure=Measure.NEW_CONTRIBUTORS).update(value=0)
    assert promotion.differs(made) == []


def test_a_promotion_costs_a_bounded_number_of_queries(ladder: list[Stage], people: People) -> None:
    request = promotion.request(people.team, actor=people.activator)
    seen = fresh(people.team).data_version
    with CaptureQueriesContext(connection) as queries:
        promotion.promote(request, actor=people.partner, seen_version=seen)
    assert len(queries) <= 25
