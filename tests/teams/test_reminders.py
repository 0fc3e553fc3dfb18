"""Who is reminded of a silence, on which day, once; and nobody who is away or whose team rests."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from lifecycle import jobs
from teams import absences, mail_settings, reminders
from teams.models import (
    CheckIn,
    Membership,
    MilestoneEvent,
    Notification,
    Promotion,
    PromotionRequest,
    StateChange,
    Team,
    User,
)
from tests.conftest import TODAY, People
from tests.factories import MembershipFactory, MilestoneFactory
from tests.teams.scenes import measured, stages

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime:
    return TODAY - timedelta(days=days)


@pytest.fixture
def team(people: People, clock: time_machine.Traveller) -> Team:
    """A team of which nothing has been heard since it entered its stage; the outsider's own is paused."""
    Membership.objects.update(accepted_at=ago(400))
    Team.objects.filter(slug="elsewhere").update(state=Team.State.PAUSED)
    return people.team


def silent_for(team: Team, days: int) -> None:
    Team.objects.filter(pk=team.pk).update(entered_on=ago(days).date())


def reminded() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind__in=["silent", "long_silent"]).order_by("id")
    return [(each.user.username, each.kind) for each in rows.select_related("user")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (27, []),
        (28, [("activator", "silent")]),
        (55, [("activator", "silent")]),
        (56, [("activator", "long_silent"), ("partner", "long_silent")]),
    ],
)
def test_the_days_on_which_a_silence_is_long(team: Team, days: int, expected: list[tuple[str, str]]) -> None:
    silent_for(team, days)
    reminders.remind()
    assert sorted(reminded()) == expected


def test_never_twice_for_one_silence_and_again_for_the_next(
    team: Team, people: People, clock: time_machine.Traveller
) -> None:
    silent_for(team, 27)
    for day in range(70):
        clock.move_to(TODAY + timedelta(days=day))
        reminders.remind()
        reminders.remind()
    assert reminded() == [("activator", "silent"), ("activator", "long_silent"), ("partner", "long_silent")]
    heard = CheckIn.objects.create(team=team, held_on=TODAY.date(), note="We talked.", by=people.partner)
    CheckIn.objects.filter(pk=heard.pk).update(recorded_at=TODAY + timedelta(days=69))
    for day in (70, 96, 97, 98):
        clock.move_to(TODAY + timedelta(days=day))
        reminders.remind()
    assert reminded()[3:] == [("activator", "silent")]


@pytest.mark.parametrize("state", [Team.State.PAUSED, Team.State.RETIRED])
def test_a_team_that_rests_is_left_in_peace(team: Team, state: Team.State) -> None:
    silent_for(team, 100)
    Team.objects.filter(pk=team.pk).update(state=state)
    reminders.remind()
    assert reminded() == []


@pytest.mark.parametrize(("days", "told"), [(27, []), (28, [("activator", "silent")])])
def test_a_team_that_goes_on_has_its_weeks_anew(team: Team, days: int, told: list[tuple[str, str]]) -> None:
    silent_for(team, 100)
    StateChange.objects.create(team=team, state=Team.State.PAUSED, on=ago(60).date())
    StateChange.objects.create(team=team, state=Team.State.ACTIVE, on=ago(days).date())
    reminders.remind()
    assert reminded() == told


def test_who_is_away_is_left_in_peace_and_the_deputy_stands_in(team: Team, people: People) -> None:
    MembershipFactory.create(team=team, is_deputy=True, user__username="deputy", accepted_at=ago(400))
    silent_for(team, 60)
    for user in (people.activator, people.partner):
        absences.announce(user, first=TODAY.date(), last=TODAY.date() + timedelta(days=5))
    reminders.remind()
    assert reminded() == [("deputy", "long_silent")]
    absences.come_back(absences.to_come(people.activator)[0], actor=people.activator)
    reminders.remind()
    assert reminded()[1:] == [("activator", "long_silent")], "once they are back"


def test_the_e_mail_names_what_is_open_and_whose_move_it_is(team: Team, people: People) -> None:
    stages(3)
    measured(team, value=0, data_version=10**9)
    silent_for(team, 30)
    reminders.remind()
    for pk in Notification.objects.values_list("pk", flat=True):
        jobs.run(jobs.ask("mail", str(pk)), reraise=True)
    (sent,) = mail.outbox
    assert sent.to == ["activator@people.example"]
    assert sent.subject == "Lantern: Nothing has been recorded since 18 May 2026"
    assert "- Active contributors: 1 more person. Next: the activator, Activator Muster." in sent.body
    assert "/teams/lantern/#moves" in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_who_wants_no_reminders_gets_no_e_mail(team: Team, people: People) -> None:
    mail_settings.stop(people.activator, mail_settings.Sort.REMINDERS)
    silent_for(team, 30)
    reminders.remind()
    jobs.run(jobs.ask("mail", str(Notification.objects.get().pk)), reraise=True)
    assert not mail.outbox
    assert reminded() == [("activator", "silent")], "the page still says it"


WHO = ["activator", "partner", "viewer", "admin", "outsider", "former"]
ACTS = ["tick", "check_in", "request", "decision"]


def act(team: Team, what: str, who: User, days: int) -> None:
    """One act of one person so many days ago, as its verb would have left it."""
    moment = ago(days)
    if what == "tick":
        MilestoneEvent.objects.create(
            team=team,
            milestone=MilestoneFactory.create(stage=team.stage),
            seq=1,
            action="done",
            state="done",
            actor=who,
            at=moment,
        )
    elif what == "check_in":
        CheckIn.objects.create(team=team, held_on=moment.date(), note="x", by=who, recorded_at=moment)
    elif what == "request":
        PromotionRequest.objects.create(
            team=team, stage=team.stage, requested_by=who, requested_at=moment, state="withdrawn", closed_at=moment
        )
    else:
        Promotion.objects.create(
            team=team,
            seq=Promotion.objects.filter(team=team).count() + 1,
            kind="stepped_back",
            from_stage=team.stage,
            to_stage=team.stage,
            decided_by=who,
            decided_at=moment,
            effective_on=moment.date(),
            reason="x",
            data_version=1,
            record={},
        )


@of_hypothesis(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(WHO), st.integers(0, 120)), max_size=6),
    entered=st.integers(0, 120),
    resumed=st.none() | st.integers(0, 120),
)
def test_a_silence_begins_where_a_plain_loop_says(
    team: Team, people: People, acts: list[tuple[str, str, int]], entered: int, resumed: int | None
) -> None:
    with transaction.atomic():
        former = MembershipFactory.create(team=team, accepted_at=ago(500), ends_on=date(2026, 1, 1))
        named = {name: getattr(people, name) for name in WHO if name != "former"} | {"former": former.user}
        silent_for(team, entered)
        if resumed is not None:
            StateChange.objects.create(team=team, state=Team.State.ACTIVE, on=ago(resumed).date())
        for what, who, days in acts:
            act(team, what, named[who], days)
        heard = [days for _what, who, days in acts if who in {"activator", "partner", "former"}]
        expected = min([entered, *heard, *([] if resumed is None else [resumed])])
        since = reminders.silent_since([Team.objects.get(pk=team.pk)])[team.pk]
        assert (TODAY.date() - since).days == expected
        transaction.set_rollback(True)


def test_whoever_comes_ends_a_silence(team: Team, people: People) -> None:
    silent_for(team, 100)
    Membership.objects.filter(user=people.activator).update(accepted_at=ago(5))
    reminders.remind()
    assert reminded() == []


def test_looking_costs_the_same_for_any_number_of_teams(team: Team, django_assert_num_queries: Any) -> None:
    for teams in ([team], [team, *(MembershipFactory.create().team for _ in range(5))]):
        with django_assert_num_queries(6):
            reminders.silent_since(teams)
