"""Facts that change a measure from afar: each leaves the team's numbers behind, and they catch up to a rebuild."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from lifecycle import clock, jobs
from lifecycle.models import Job
from metrics import recount
from metrics.models import Contribution, Span
from pathways import contributors, identities, merging, turns
from pathways.models import AffiliationRule, CommunityRole, FunnelLink, Identity, Kind, Level
from pathways.models.people import Affiliated
from teams.models import Measurement, Role, Team
from teams.refusals import Busy
from tests.factories import (
    CommunityRoleFactory,
    FunnelFactory,
    IdentityFactory,
    KindFactory,
    MembershipFactory,
    PathwayFactory,
    PointFactory,
    TeamFactory,
)
from tests.metrics.acts import act, source_of
from tests.metrics.files import DAY, NOON, deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


def value(team: Team, measure: str) -> int | None:
    """A measure after everything that is due has been done; nothing asks but the triggers."""
    jobs.drain()
    found = Measurement.objects.get(team=team, measure=measure).value
    return None if found is None else int(found)


def test_a_funnel_that_is_no_longer_major() -> None:
    pathway = PathwayFactory.create()
    funnel = FunnelFactory.create(is_major=True)
    FunnelLink.objects.create(pathway=pathway, funnel=funnel, connected_on=clock.today())
    assert value(pathway.team, "funnels_connected") == 1
    funnel.is_major = False
    funnel.save()
    assert value(pathway.team, "funnels_connected") == 0


def test_a_staff_domain_of_a_leader_without_acts() -> None:
    role = CommunityRoleFactory.create(role=CommunityRole.Role.LEADER)
    IdentityFactory.create(contributor=role.contributor, email="lea@big.example")
    assert value(role.team, "leaders") == 1
    AffiliationRule.objects.create(domain="big.example")
    assert value(role.team, "leaders") == 0


def test_a_leader_flagged_as_a_bot() -> None:
    role = CommunityRoleFactory.create(role=CommunityRole.Role.LEADER)
    assert value(role.team, "leaders") == 1
    role.contributor.is_bot = True
    role.contributor.save()
    assert value(role.team, "leaders") == 0


def test_a_merge_in_another_team_that_tells_who_works_here() -> None:
    here, there = (PathwayFactory.create() for _ in range(2))
    PointFactory.create(pathway=here, level=Level.ACTIVE)
    worker = MembershipFactory.create(team=here.team, role=Role.ACTIVATOR, user__email="ann@work.example").user
    elsewhere = MembershipFactory.create(team=there.team, role=Role.ACTIVATOR).user
    private, at_work = IdentityFactory.create(), IdentityFactory.create(email=worker.email)
    Identity.objects.filter(pk=at_work.pk).update(join_key=f"mail:{worker.email}")
    yesterday = clock.today() - timedelta(days=1)
    source_of(here, complete_to=yesterday)
    act(here, private, yesterday)
    act(there, private, yesterday)
    act(there, at_work, yesterday)
    assert value(here.team, "active_contributors") == 1
    merging.merge(private.contributor, others=[at_work.contributor], actor=elsewhere, team=there.team)
    assert value(here.team, "active_contributors") == 0


def test_a_kind_that_a_rule_names_becomes_another_name() -> None:
    pathway = PathwayFactory.create()
    review, check = KindFactory.create(key="review"), KindFactory.create(key="check")
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, kinds=[check.pk])
    ann = IdentityFactory.create()
    act(pathway, ann, clock.today() - timedelta(days=3), kind="review")
    jobs.drain()
    held = Span.objects.filter(team_id=pathway.team_id, level=Level.ACTIVE)
    assert not held.exists()
    Kind.objects.filter(pk=check.pk).update(same_as=review)
    jobs.drain()
    assert held.exists()
    Kind.objects.filter(pk=check.pk).update(same_as=None)
    jobs.drain()
    assert not held.exists()


def test_a_team_whose_recount_died_is_counted_at_the_next_hour() -> None:
    team = TeamFactory.create()
    Job.objects.filter(kind="recount").update(state="dead")
    assert recount.behind() == [team.pk]
    assert recount.ask(recount.behind()) == 1
    jobs.drain()
    assert recount.behind() == []


@pytest.mark.django_db(transaction=True)
def test_an_import_under_way_and_a_merge_do_not_lose_each_other() -> None:
    """The merge comes between the look at an identity's pointer and the insert of its acts: it is told to wait."""
    source = source_for()
    editor = MembershipFactory.create(team=source.team, role=Role.ACTIVATOR).user
    deliver(source, file_of(row(1, name="Ann", email="ann@home.example"), row(2, name="Bo", email="bo@home.example")))
    ann, bo = (Identity.objects.get(email=email) for email in ("ann@home.example", "bo@home.example"))
    outcome: list[str] = []

    def merge() -> None:
        try:
            merging.merge(bo.contributor, others=[ann.contributor], actor=editor, team=source.team)
            outcome.append("merged")
        except Busy:
            outcome.append("busy")
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE come ON COMMIT DROP AS SELECT 'csv:1'::text AS source, 'Ann'::text AS name,"
            " 'ann@home.example'::text AS email, ''::text AS username, NULL::int AS identity_id,"
            " NULL::int AS contributor_id"
        )
        identities.resolve(cursor, table="come")
        thread = threading.Thread(target=merge)
        thread.start()
        thread.join(10)
    thread.join()
    assert outcome == ["busy"]
    merging.merge(bo.contributor, others=[ann.contributor], actor=editor, team=source.team)
    deliver(source, file_of(row(3, name="Ann", email="ann@home.example", ts=NOON + DAY)))
    assert set(Contribution.objects.values_list("contributor", flat=True)) == {bo.contributor_id}


@pytest.mark.django_db(transaction=True)
def test_somebody_said_to_be_staff_waits_for_the_import_under_way() -> None:
    source = source_for()
    editor = MembershipFactory.create(team=source.team, role=Role.ACTIVATOR).user
    deliver(source, file_of(row(1)))
    ann = Identity.objects.get(email="ann@home.example").contributor

    def say() -> None:
        with pytest.raises(Busy):
            contributors.set_affiliation(
                ann, actor=editor, team=source.team, kind=Affiliated.STAFF, from_on=date(2020, 1, 1)
            )
        told.append(True)
        connection.close()

    told: list[bool] = []
    with transaction.atomic(), connection.cursor() as cursor:
        turns.take_turns(cursor)
        thread = threading.Thread(target=say)
        thread.start()
        thread.join(10)
    thread.join()
    assert told == [True]
