"""Who hears of what, once, and how it is read."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from lifecycle import clock, jobs
from lifecycle.models import Stage
from teams import milestones, notifications, promotion, risks, waivers, watching
from teams import people as members
from teams.models import Membership, Notification, Role, Team, User
from tests.conftest import People
from tests.factories import MembershipFactory, MilestoneFactory, UserFactory
from tests.teams.scenes import fresh, measured, stages

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


def heard(user: User) -> list[tuple[str, str]]:
    """Kinds and sentences, oldest first."""
    return [(each.kind, each.words) for each in notifications.of(user).order_by("id")]


def kinds(user: User) -> list[str]:
    return [kind for kind, _words in heard(user)]


@pytest.fixture
def ladder(people: People) -> list[Stage]:
    made = stages(3)
    measured(people.team)
    return made


def test_a_promotion_is_told_from_its_request_to_its_decision(people: People, ladder: list[Stage]) -> None:
    request = promotion.request(people.team, actor=people.activator)
    assert heard(people.partner) == [("asked", "Activator Muster asked for the promotion out of Stage 1")]
    promotion.decline(request, actor=people.partner, reason="Not yet.")
    again = promotion.request(people.team, actor=people.activator)
    promotion.promote(again, actor=people.partner, seen_version=fresh(people.team).data_version)
    promotion.step_back(people.team, actor=people.partner, to_stage=ladder[0], reason="Too early.")
    assert [words for _kind, words in heard(people.activator)] == [
        "Partner Muster declined the promotion out of Stage 1",
        "Partner Muster promoted the team to Stage 2",
        "Partner Muster stepped the team back to Stage 1",
    ]
    assert kinds(people.partner) == ["asked", "asked"], "nobody hears of their own acts"
    assert not heard(people.viewer)
    assert not heard(people.outsider)


def test_a_milestone_is_told_when_somebody_verifies_it_or_takes_a_step_back(people: People) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage, needs_verification=True, text="One storyboard")
    steps = [("done", people.activator), ("verify", people.partner), ("note", people.partner), ("undo", people.partner)]
    for seen, (action, actor) in enumerate(steps):
        milestones.record(
            people.team, milestone=milestone, actor=actor, action=milestones.Action(action), seen=seen, note="A word."
        )
    assert [words for _kind, words in heard(people.activator)] == [
        "Partner Muster verified “One storyboard”",
        "Partner Muster took the last step of “One storyboard” back",
    ]
    assert notifications.of(people.activator)[0].address == f"/teams/lantern/#milestone-{milestone.pk}"
    assert not heard(people.partner)


def test_a_waiver_is_told_when_asked_for_and_answered(people: People) -> None:
    criterion, _measurement = measured(people.team, value=0)
    for answer in ("grant", "refuse"):
        waiver = waivers.ask(
            people.team, actor=people.activator, criterion=criterion, reason="Soon.", expires_on=date(2999, 1, 1)
        )
        getattr(waivers, answer)(waiver, actor=people.partner, answer="So be it.")
        if answer == "grant":
            waivers.withdraw(waiver, actor=people.partner)
    assert kinds(people.partner) == ["waiver_asked", "waiver_asked"]
    assert kinds(people.activator) == ["waiver_granted", "waiver_refused"]


def test_a_high_risk_is_told_when_it_comes_and_when_a_lower_one_grows(people: People) -> None:
    risks.add(people.team, actor=people.partner, text="Low.", likelihood=1, impact=2)
    grown = risks.add(people.team, actor=people.partner, text="Grows.", likelihood=1, impact=3)
    assert not heard(people.activator)
    risks.add(people.team, actor=people.partner, text="High.", likelihood=3, impact=3)
    grown = risks.change(grown, actor=people.partner, seen=1, likelihood=2)
    risks.change(grown, actor=people.partner, seen=2, mitigation="Still high, and said before.")
    assert [words for _kind, words in heard(people.activator)] == [
        "Partner Muster raised a high risk: “High.”",
        "Partner Muster raised a high risk: “Grows.”",
    ]


def test_who_is_appointed_hears_what_waits_and_no_more_of_a_team_not_joined_yet(people: People) -> None:
    newcomer = UserFactory.create(username="noor")
    made = members.appoint(people.team, actor=people.partner, user=newcomer, role=Role.ACTIVATOR)
    assert heard(newcomer) == [("invited", "Partner Muster appointed you activator; accept it or decline it")]
    assert notifications.of(newcomer)[0].address == "/account/"
    assert heard(people.activator) == [("appointed", "Partner Muster appointed Noor Muster")]
    risks.add(people.team, actor=people.partner, text="High.", likelihood=3, impact=3)
    assert kinds(newcomer) == ["invited"]
    members.accept(made, actor=newcomer)
    assert kinds(newcomer) == [], "answered"
    members.end(made, actor=people.partner)
    assert kinds(people.activator) == ["appointed", "high_risk", "ended"]


def test_who_loses_a_role_reads_nothing_of_the_team_any_more(people: People) -> None:
    risks.add(people.team, actor=people.partner, text="High.", likelihood=3, impact=3)
    assert notifications.unread(people.activator).count() == 1
    members.end(Membership.objects.get(user=people.activator), actor=people.partner)
    assert notifications.unread(people.activator).count() == 0
    body = people.client("activator").get("/notifications/").content.decode()
    assert "Lantern" not in body
    told = Notification.objects.get(user=people.activator, kind="high_risk")
    assert people.client("activator").post(f"/notifications/{told.pk}/read/").status_code == 404


@pytest.mark.parametrize("who", ["viewer", "activator", "partner", "admin"])
def test_watching_is_on_for_who_works_with_the_team_and_anybodys_to_switch(people: People, who: str) -> None:
    user = getattr(people, who)
    works = who in {"activator", "partner"}
    for wanted, word in ((works, None), (not works, "off" if works else "on"), (works, "on" if works else "off")):
        if word:
            response = people.client(who).post("/teams/lantern/watch/", {"watch": word})
            assert (response.status_code, response["Location"]) == (303, "/teams/lantern/")
        assert (user in watching.watchers(people.team)) == wanted
        assert watching.is_watching(user, people.team) == wanted
        other = f'name="watch" value="{"off" if wanted else "on"}"'
        assert other in people.client(who).get("/teams/lantern/").content.decode()


def test_a_word_once_said_gives_no_way_in(people: People) -> None:
    watching.watch(people.team, actor=people.viewer, is_on=True)
    Membership.objects.filter(user=people.viewer).delete()
    closed = MembershipFactory.create(team=people.team).user
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert set(watching.watchers(people.team)) == {people.activator, people.partner}
    assert not watching.watched_by(people.viewer).exists()


def test_both_sides_of_the_rule_agree(people: People) -> None:
    everybody = [people.viewer, people.activator, people.partner, people.outsider, people.admin]
    for place, user in enumerate(everybody):
        for team in Team.objects.visible_to(user):
            watching.watch(team, actor=user, is_on=place % 2 == 0)
    for team in Team.objects.all():
        assert {user for user in everybody if watching.is_watching(user, team)} == set(watching.watchers(team))


def test_one_cause_is_told_once_and_nobody_of_their_own_act(people: People) -> None:
    for _ in range(2):
        notifications.tell(people.team, Kind.HIGH_RISK, cause="7", actor=people.partner, what="A risk")
    assert Notification.objects.count() == 1
    with pytest.raises(IntegrityError, match="notification_of_others"), transaction.atomic():
        Notification.objects.create(user=people.viewer, team=people.team, kind="asked", cause="1", actor=people.viewer)
    with pytest.raises(IntegrityError, match="notification_once"), transaction.atomic():
        Notification.objects.create(user=people.activator, team=people.team, kind="high_risk", cause="7")


def test_an_act_that_is_rolled_back_is_told_to_nobody(people: People) -> None:
    with transaction.atomic():
        risks.add(people.team, actor=people.partner, text="High.", likelihood=3, impact=3)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tellers_at_once_tell_once(people: People) -> None:
    failed: list[BaseException] = []
    together = threading.Barrier(4)

    def tell() -> None:
        try:
            together.wait(timeout=10)
            for cause in range(10):
                with transaction.atomic():
                    notifications.tell(people.team, Kind.SOURCE_STALE, cause=cause, what="A source")
        except BaseException as error:  # noqa: BLE001 (a thread's failure is the test's)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed
    assert Notification.objects.count() == 10 * 2


def told(people: People, number: int) -> list[Notification]:
    for cause in range(number):
        notifications.tell(people.team, Kind.HIGH_RISK, cause=cause, actor=people.partner, what=f"Risk {cause}")
    return list(Notification.objects.order_by("id"))


def test_one_is_read_and_leads_to_its_place(people: People) -> None:
    first, second = told(people, 2)
    client = people.client("activator")
    assert "2 things happened" in client.get("/notifications/").content.decode()
    opened = client.post(f"/notifications/{first.pk}/read/", {"open": "1"})
    assert (opened.status_code, opened["Location"]) == (303, first.address)
    stayed = client.post(f"/notifications/{second.pk}/read/")
    assert (stayed.status_code, stayed["Location"]) == (303, "/notifications/")
    body = client.get("/notifications/").content.decode()
    assert "You have read everything." in body
    assert f'<a href="{second.address}">' in body


def test_all_are_read_up_to_what_the_page_showed(people: People) -> None:
    _first, second, third = told(people, 3)
    client = people.client("activator")
    for nonsense in ("", "x", "-1", "9" * 30 + "x"):
        client.post("/notifications/read/", {"until": nonsense})
    assert notifications.unread(people.activator).count() == 3
    client.post("/notifications/read/", {"until": str(second.pk)})
    assert list(notifications.unread(people.activator)) == [third]
    client.post("/notifications/read/", {"until": "9" * 30})
    assert not notifications.unread(people.activator).exists()


def test_nobody_reads_for_somebody_else(people: People) -> None:
    (mine,) = told(people, 1)
    for who in ("partner", "viewer", "outsider", "admin"):
        assert people.client(who).post(f"/notifications/{mine.pk}/read/").status_code == 404
        people.client(who).post("/notifications/read/", {"until": str(mine.pk)})
    assert notifications.unread(people.activator).exists()


def test_the_number_stands_on_every_page_for_one_query(people: People) -> None:
    told(people, 3)
    client = people.client("activator")
    for address in ("/", "/account/", "/teams/lantern/", "/lifecycle/"):
        with CaptureQueriesContext(connection) as captured:
            body = client.get(address).content.decode()
        assert '<span class="count">3<' in body, address
        counts = [each["sql"] for each in captured if "COUNT(" in each["sql"]]
        assert sum("teams_notification" in sql for sql in counts) == 1, address


def test_the_portfolio_is_asked_for_again_when_something_was_told(people: People) -> None:
    client = people.client("activator")
    tag = client.get("/")["ETag"]
    assert client.get("/", headers={"if-none-match": tag}).status_code == 304
    told(people, 1)
    again = client.get("/", headers={"if-none-match": tag})
    assert again.status_code == 200
    assert '<span class="count">1<' in again.content.decode()


def test_the_list_costs_the_same_however_long_it_is(
    people: People, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    told(people, 60)
    client = people.client("activator")
    with django_assert_max_num_queries(6):
        body = client.get("/notifications/").content.decode()
    assert body.count('class="unread"') == 50
    assert "1 to 50 of 60" in body


def test_hostile_words_stay_words(people: People) -> None:
    risks.add(people.team, actor=people.partner, text="<script>alert(1)</script>", likelihood=3, impact=3)
    assert "<script>alert" not in people.client("activator").get("/notifications/").content.decode()


def test_what_happened_more_than_a_year_ago_and_log_ins_that_ran_out_are_let_go(people: People) -> None:
    for cause in ("old", "new"):
        notifications.tell(people.team, Kind.SOURCE_STALE, cause=cause, what=cause)
    Notification.objects.filter(cause="old").update(at=Now() - notifications.KEPT - timedelta(minutes=1))
    Notification.objects.filter(cause="new").update(at=Now() - notifications.KEPT + timedelta(minutes=1))
    for key, left in (("over", -1), ("lasts", 1)):
        Session.objects.create(session_key=key, expire_date=clock.now() + timedelta(minutes=left))
    jobs.ask("forgetting", "today")
    jobs.drain()
    assert [each.session_key for each in Session.objects.all()] == ["lasts"]
    assert {words for _kind, words in heard(people.activator)} == {"The source “new” is stale"}
