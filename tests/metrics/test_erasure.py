"""A person erased: every number and every decision stands, before and after a rebuild, and whoever comes again."""

import json
import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection, transaction

from lifecycle import clock, jobs
from metrics import deliveries, reconcile, recount
from metrics.models import Contribution, Delivery, Import
from pathways import erasure, merging, turns
from pathways.models import AffiliationRule, CommunityRole, Contributor, Identity, Level, Pathway
from teams.models import Measurement, Role, Team, User
from teams.refusals import Busy
from tests.factories import CommunityRoleFactory, MembershipFactory, PathwayFactory, PointFactory
from tests.metrics.acts import stored
from tests.metrics.files import DAY, NOON, deliver, file_of, row, source_for
from tests.metrics.sources.payloads import commit, push

pytestmark = pytest.mark.django_db
TODAY = date(2024, 2, 20)
TEXTS = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb')
"""


@pytest.fixture
def pathway() -> Any:
    """A team in which Ann contributes privately and from her work, an activator too, and leads; on the samples' day."""
    with time_machine.travel(TODAY, tick=False):
        pathway = PathwayFactory.create(team__slug="lantern")
        for level, n in ((Level.CASUAL, 1), (Level.ACTIVE, 3), (Level.CORE, 6)):
            PointFactory.create(pathway=pathway, level=level, n=n, w=20)
        AffiliationRule.objects.create(domain="firm.example", from_on=date(2024, 1, 15))
        yield pathway


@pytest.fixture
def admin() -> User:
    return MembershipFactory.create(user__is_staff=True, user__is_superuser=True).user


def acts(name: str, email: str, *, begin: int, number: int) -> list[str]:
    return [row(begin + act, name=name, email=email, ts=NOON + act * DAY) for act in range(number)]


@pytest.fixture
def ann(pathway: Pathway, admin: User) -> Contributor:
    source = source_for(pathway, name="Export")
    private = acts("Annika Ek", "annika@home.example", begin=100, number=12)
    at_work = acts("Annika Ek", "annika@firm.example", begin=200, number=9)
    others = acts("Bo", "bo@home.example", begin=300, number=7)
    assert deliver(source, file_of(*private, *at_work, *others), complete_to=TODAY - timedelta(days=1)).new == 28
    person, at_the_firm = (
        Identity.objects.get(email=f"annika@{host}.example").contributor for host in ("home", "firm")
    )
    merging.merge(person, others=[at_the_firm], actor=admin, team=pathway.team)
    CommunityRoleFactory.create(team=pathway.team, contributor=person, role=CommunityRole.Role.LEADER)
    CommunityRoleFactory.create(team=pathway.team, contributor=person, role=CommunityRole.Role.MENTOR)
    jobs.drain()
    return person


def numbers(team: Team) -> list[Any]:
    """Everything that is counted of a team, and how each act was classified."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(w) FROM teams_weeklycount w WHERE team_id = %s ORDER BY pathway_id, population, week",
            [team.pk],
        )
        weeks = cursor.fetchall()
    measured = Measurement.objects.filter(team=team).order_by("measure", "window_days")
    classified = Contribution.objects.filter(team=team).order_by("key").values_list("key", "contributor", "state")
    values = list(measured.values_list("measure", "window_days", "value", "reason", "points", "as_of", "valid_until"))
    return [stored(team), weeks, values, [(bytes(key), *rest) for key, *rest in classified]]


def everything_is_as_before(team: Team, before: list[Any]) -> None:
    """Through the triggers' jobs, and through a rebuild; and the reconciler finds nothing."""
    jobs.drain()
    assert numbers(team) == before
    recount.recount(team.pk, rebuild=True)
    assert numbers(team) == before
    found = reconcile.compare(team.pk)
    assert found is not None
    assert found.differences == []


def test_every_number_stands_before_and_after_a_rebuild(pathway: Pathway, ann: Contributor, admin: User) -> None:
    assert set(Contribution.objects.filter(contributor=ann).values_list("state", flat=True)) == {0, 1}
    before = numbers(pathway.team)
    erasure.erase(ann, actor=admin, team=pathway.team)
    everything_is_as_before(pathway.team, before)


def test_what_a_rule_says_of_an_erased_persons_work_goes_on(pathway: Pathway, ann: Contributor, admin: User) -> None:
    before = numbers(pathway.team)
    erasure.erase(ann, actor=admin, team=pathway.team)
    AffiliationRule.objects.all().delete()
    assert not Contribution.objects.filter(state=Contribution.State.STAFF).exists()
    AffiliationRule.objects.create(domain="firm.example", from_on=date(2024, 1, 15))
    everything_is_as_before(pathway.team, before)


def test_a_rule_for_a_domain_that_was_nobodys_word_changes_nothing(
    pathway: Pathway, ann: Contributor, admin: User
) -> None:
    before = numbers(pathway.team)
    erasure.erase(ann, actor=admin, team=pathway.team)
    Identity.objects.filter(name="Bo").update(email="bo@elsewhere.example")
    AffiliationRule.objects.create(domain="home.example")
    everything_is_as_before(pathway.team, before)
    again = acts("Annika Ek", "annika@home.example", begin=112, number=2)
    deliver(source_for(pathway), file_of(*again))
    assert Contribution.objects.filter(contributor=ann, state=Contribution.State.STAFF).count() == 4
    everything_is_as_before(pathway.team, numbers(pathway.team))


def test_an_activator_who_is_erased_is_still_left_out(pathway: Pathway, ann: Contributor, admin: User) -> None:
    MembershipFactory.create(team=pathway.team, role=Role.ACTIVATOR, user__email="Annika@home.example")
    jobs.drain()
    before = numbers(pathway.team)
    active = Measurement.objects.get(team=pathway.team, measure="active_contributors")
    assert [one["role"] for one in active.detail["left_out"]] == ["activator"]
    erasure.erase(ann, actor=admin, team=pathway.team)
    everything_is_as_before(pathway.team, before)


def test_a_later_import_counts_for_the_same_person_and_tells_no_name(
    pathway: Pathway, ann: Contributor, admin: User
) -> None:
    erasure.erase(ann, actor=admin, team=pathway.team)
    there = Contributor.objects.count()
    private = acts("Annika Ek", "annika@home.example", begin=100, number=14)
    at_work = acts("A. Ek", "ANNIKA@firm.example", begin=200, number=10)
    delivery = deliver(source_for(pathway), file_of(*private, *at_work))
    assert (delivery.new, delivery.duplicate) == (3, 21)
    assert Contributor.objects.count() == there
    mine = Contribution.objects.filter(contributor=ann)
    assert mine.count() == 24
    assert mine.filter(day=date(2024, 1, 19)).order_by("state").values_list("state", flat=True)[1] == 1
    everything_is_as_before(pathway.team, numbers(pathway.team))
    assert places() == []


def test_nothing_is_erased_while_a_file_waits_that_may_name_the_person(
    pathway: Pathway, ann: Contributor, admin: User
) -> None:
    deliver(source_for(pathway), file_of(row(1)), work=False)
    with pytest.raises(Busy):
        erasure.erase(ann, actor=admin, team=pathway.team)
    ann.refresh_from_db()
    assert ann.erased_at is None


def test_files_deliveries_and_what_a_source_was_told_let_go_of_the_name(
    pathway: Pathway, ann: Contributor, admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    hook = source_for(pathway, type="github", reading={"all_by": ["Annika Ek", "", ""], "co_authors": False})
    Delivery.objects.create(source=hook, guid="1", event="push", body=b'"Annika"', read_at=clock.now())
    deliver(
        source_for(pathway),
        file_of(*acts("Annika Ek", "annika@home.example", begin=1, number=1)),
        filename="Annika.csv",
    )
    assert files()
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(ann, actor=admin, team=pathway.team)
    assert files() == []
    assert places() == []
    hook.refresh_from_db()
    assert hook.reading == {"co_authors": False}


def files() -> list[str]:
    """Files and bodies in which Ann stands."""
    found = [f"delivery {each.pk}" for each in Delivery.objects.filter(body__isnull=False)]
    for name in default_storage.listdir("imports")[1]:
        with default_storage.open(f"imports/{name}") as file:
            if b"annika" in file.read().lower():
                found.append(name)
    return found


def test_no_table_holds_the_name_an_address_or_an_account(pathway: Pathway, ann: Contributor, admin: User) -> None:
    source = source_for(pathway)
    wrong = file_of(row(900, name="Annika Ek", email="annika@home.example", ts="noon"), row(901, name="Bo", ts="late"))
    assert deliver(source, wrong).state == Import.State.REJECTED
    assert places()
    erasure.erase(ann, actor=admin, team=pathway.team)
    jobs.drain()
    assert places() == []
    hers, others = Import.objects.get(state=Import.State.REJECTED).errors
    assert (hers["line"], hers["cells"], hers["field"]) == (2, [], "author_ts")
    assert "Bo" in others["cells"]


def places() -> list[tuple[str, str]]:
    """Each column of each table in which Ann stands."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ~* %s', ["annika|A\\. Ek"])
            if cursor.fetchone()[0]:
                found.append((table, column))
    return found


def test_what_names_an_erased_person_again_is_kept_until_it_is_read(
    pathway: Pathway, ann: Contributor, admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    source, of_others = source_for(pathway), file_of(row(500, name="Bo", email="bo@home.example"))
    again = acts("Annika Ek", "Annika@home.example", begin=100, number=14)
    wrong = row(902, name="Annika Ek", email="annika@firm.example", ts="noon")
    told = {
        "all of it was there": file_of(*again[:3]),
        "some of it is new": file_of(*again),
        "sound, and beside it a row that is not": file_of(again[13], row(901, name="Bo", ts="late")),
        "not sound": file_of(row(903, name="Bo"), wrong),
    }
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(ann, actor=admin, team=pathway.team)
        read = {what: deliver(source, file) for what, file in told.items()}
        kept = deliver(source, of_others)
    assert [bool(Import.objects.get(pk=each.pk).file) for each in (*read.values(), kept)] == [False] * 4 + [True]
    assert [read[what].state for what in told] == ["done", "done", "rejected", "rejected"]
    others = read["sound, and beside it a row that is not"].errors[0]["cells"]
    assert (read["not sound"].errors[0]["cells"], "Bo" in others) == ([], True)
    assert (files(), places()) == ([], [])
    everything_is_as_before(pathway.team, numbers(pathway.team))


def test_of_deliveries_only_the_one_that_names_them_goes(pathway: Pathway, ann: Contributor, admin: User) -> None:
    hook = source_for(pathway, type="github")
    erasure.erase(ann, actor=admin, team=pathway.team)
    for guid, email in (("hers", "annika@home.example"), ("his", "bo@home.example")):
        author = {"name": "Somebody", "email": email}
        told = push(commit(f"{len(email):040}", author=author, timestamp="2024-02-01T12:00:00Z"))
        deliveries.receive(hook.pk, guid=guid, event="push", body=json.dumps(told).encode())
    jobs.drain()
    assert list(Delivery.objects.filter(source=hook, body=None).values_list("guid", flat=True)) == ["hers"]
    assert Contribution.objects.filter(contributor=ann, imported__source=hook).count() == 1
    assert places() == []


@pytest.mark.django_db(transaction=True)
def test_an_erasure_waits_for_the_import_under_way_and_the_import_for_the_erasure() -> None:
    """Else the import would carry on with what it has looked up, and write a name or a second person."""
    source = source_for()
    editor = MembershipFactory.create(team=source.team, role=Role.ACTIVATOR).user
    deliver(source, file_of(row(1, name="Annika Ek", email="annika@home.example")))
    ann = Identity.objects.get().contributor
    told: list[str] = []

    def erase() -> None:
        try:
            erasure.erase(ann, actor=editor, team=source.team)
        except Busy:
            told.append("busy")
        finally:
            connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        turns.take_turns(cursor)
        thread = threading.Thread(target=erase)
        thread.start()
        thread.join(10)
    thread.join()
    assert told == ["busy"]

    def deliver_again() -> None:
        deliver(source, file_of(row(2, name="Annika Ek", email="annika@home.example")))
        connection.close()

    with transaction.atomic():
        erasure.erase(ann, actor=editor, team=source.team)
        thread = threading.Thread(target=deliver_again)
        thread.start()
        time.sleep(1)  # the import has come to the turn, and waits for it
    thread.join()
    assert Contribution.objects.filter(contributor=ann).count() == 2
    assert Contributor.objects.get() == ann
    jobs.drain()
    assert places() == []
