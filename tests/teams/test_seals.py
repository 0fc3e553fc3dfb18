"""Decisions are a chain: what somebody with all rights rewrites, past every trigger, is found."""

from importlib import import_module
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from lifecycle import clock, desk
from teams import seals
from teams.models import Promotion, Team
from tests.conftest import People
from tests.factories import StageFactory, TeamFactory

pytestmark = pytest.mark.django_db


def decide(team: Team, seq: int, **values: object) -> Promotion:
    """A decision of the team that moves nothing."""
    told = {"kind": "entered", "to_stage": team.stage, "effective_on": clock.today(), "data_version": seq}
    return Promotion.objects.create(
        team=team, seq=seq, **{**told, "record": {"conditions": [], "value": "1.50"}, **values}
    )


@pytest.fixture
def chain(people: People) -> list[Promotion]:
    """Three decisions of the team, and one of another."""
    decide(TeamFactory.create(), 1)
    return [decide(people.team, seq) for seq in (1, 2, 3)]


def tamper(statement: str) -> None:
    """As somebody who owns the database: no trigger asks."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE teams_promotion DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE teams_promotion ENABLE TRIGGER USER")


def found() -> list[tuple[int, seals.Fault]]:
    return [(each.seq, each.fault) for each in seals.broken()]


@pytest.mark.usefixtures("chain")
def test_an_untouched_chain_holds_for_any_reader() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Kathmandu'; SET LOCAL DateStyle = 'German'")
    assert found() == []


@pytest.mark.parametrize(
    "change",
    [
        """record = '{"conditions": [], "value": "2.50"}'""",
        "reason = 'So it was said.'",
        "decided_at = decided_at - interval '1 microsecond'",
        "effective_on = effective_on - 1",
        "data_version = 9",
        "kind = 'declined', reason = ''",
        r"seal = '\x00'",
    ],
)
@pytest.mark.usefixtures("chain")
def test_a_rewritten_decision_is_found(people: People, change: str) -> None:
    if "declined" in change:
        tamper("ALTER TABLE teams_promotion DROP CONSTRAINT promotion_asked_and_decided")
        tamper("ALTER TABLE teams_promotion DROP CONSTRAINT promotion_reason_given")
    tamper(f"UPDATE teams_promotion SET {change} WHERE seq = 2")
    assert (2, seals.Fault.CHANGED) in found()


@pytest.mark.usefixtures("chain")
def test_who_seals_a_forged_decision_anew_breaks_the_next_one() -> None:
    again = seals.seal_of(
        "p", before="(SELECT b.seal FROM teams_promotion b WHERE (b.team_id, b.seq) = (p.team_id, 1))"
    )
    tamper("UPDATE teams_promotion SET reason = 'Forged.' WHERE seq = 2")
    tamper(f"UPDATE teams_promotion p SET seal = {again} WHERE seq = 2")
    assert found() == [(3, seals.Fault.CHANGED)]


@pytest.mark.usefixtures("chain")
def test_a_removed_decision_is_missed() -> None:
    tamper("DELETE FROM teams_promotion WHERE seq = 2")
    assert (3, seals.Fault.MISSING) in found()


def test_a_removed_last_decision_is_missed_by_where_the_team_stands(people: People) -> None:
    decide(people.team, 1)
    Team.objects.filter(pk=people.team.pk).update(stage=StageFactory.create(order=2))
    assert found() == [(1, seals.Fault.STAGE)]


@pytest.mark.usefixtures("chain")
def test_no_decision_follows_none(people: People) -> None:
    with pytest.raises(IntegrityError, match="follows none"), transaction.atomic():
        decide(people.team, 5)


def test_the_page_tells_the_seal_and_a_broken_one_and_the_command_fails(people: People, chain: list[Promotion]) -> None:
    chain[1].refresh_from_db()
    viewer = people.client("viewer")
    page = viewer.get("/teams/lantern/history/2/")
    assert bytes(chain[1].seal).hex() in page.content.decode()
    assert not page.context["is_broken"]
    tamper("UPDATE teams_promotion SET reason = 'Forged.' WHERE seq = 2")
    assert viewer.get("/teams/lantern/history/2/").context["is_broken"]
    assert "/teams/lantern/history/2/" in {each.address for each in desk.waiting()}
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify", "lantern", stdout=out, stderr=out)
    assert f"lantern: decision 2: {seals.Fault.CHANGED}" in out.getvalue()


def test_decisions_of_before_are_sealed_by_the_migration(chain: list[Promotion]) -> None:
    sealed = [*Promotion.objects.values_list("pk", "seal")]
    tamper(r"UPDATE teams_promotion SET seal = ''")
    with connection.cursor() as cursor:
        cursor.execute(import_module("teams.migrations.0017_promotion_seal").FILL)
    assert [*Promotion.objects.values_list("pk", "seal")] == sealed
    assert len(sealed) == len(chain) + 1
