"""Adopting a threshold that was undefined: by an admin, from what was shown, on record for ever."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from lifecycle.measures import Measure, Strength
from lifecycle.models import Criterion
from teams import thresholds
from teams.gates import verdict_of
from teams.models import Adoption, Measurement, Team
from teams.refusals import Conflict, Refused
from teams.verdicts import Standing
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, TeamFactory
from tests.forms import posted_as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ADD = "/admin/teams/adoption/add/"


@pytest.fixture
def criterion(people: People) -> Criterion:
    found: Criterion = CriterionFactory.create(
        stage=people.team.stage, measure=Measure.CONTRIBUTION_JUMP, threshold=None, strength=Strength.INFORMATIONAL
    )
    return found


def show(*growths: str) -> None:
    for growth in growths:
        told = {"growth": growth, "before": 10, "after": 15, "since": "2025-01-01", "until": "2025-07-02"}
        MeasurementFactory.create(measure=Measure.CONTRIBUTION_JUMP, detail={"shown": told})


def test_from_two_teams_nothing_is_proposed_and_nothing_can_be_adopted(people: People, criterion: Criterion) -> None:
    show("2.0000", "3.0000")
    assert thresholds.proposal().threshold is None
    with pytest.raises(Refused, match="2 of 3 teams"):
        thresholds.adopt(criterion, actor=people.admin, threshold=Decimal(2), seen=None)
    criterion.refresh_from_db()
    assert (criterion.threshold, criterion.strength) == (None, Strength.INFORMATIONAL)


@pytest.mark.parametrize(
    ("growths", "lower"),
    [
        (["1.0000", "2.0000", "3.0000"], "1.50"),
        (["4.0000", "1.0000", "2.0000", "3.0000"], "1.75"),
        (["1.0000", "1.1000", "1.3000", "5.0000", "9.0000"], "1.10"),
        (["1.0000", "1.0101", "1.3000"], "1.01"),
    ],
)
def test_the_proposal_is_the_lower_quartile(people: People, growths: list[str], lower: str) -> None:
    show(*growths)
    found = thresholds.proposal()
    assert found.threshold == Decimal(lower)
    assert (found.n, found.spread[0], found.spread[-1]) == (
        len(growths),
        min(map(Decimal, growths)),
        max(map(Decimal, growths)),
    )


def test_adopting_makes_the_criterion_live_for_the_gate(people: People, criterion: Criterion) -> None:
    show("1.0000", "2.0000", "3.0000")
    MeasurementFactory.create(
        team=people.team, measure=Measure.CONTRIBUTION_JUMP, value=Decimal("1.4"), detail={"baseline": 10, "teams": 3}
    )
    (before,) = verdict_of(Team.objects.get(pk=people.team.pk)).conditions
    assert (before.state, before.wanted, before.is_required) == (Standing.UNKNOWN, "undefined", False)
    adopted = thresholds.adopt(criterion, actor=people.admin, threshold=Decimal("1.5"), seen=Decimal("1.50"))
    Measurement.objects.update(data_version=10**9)  # counted again
    (after,) = verdict_of(Team.objects.get(pk=people.team.pk)).conditions
    assert (after.state, after.wanted, after.is_required) == (Standing.MISSING, "at least 1.5 times", True)
    assert thresholds.latest(criterion) == adopted
    assert (adopted.by, adopted.proposed, adopted.at.date().year > 2000) == (people.admin, Decimal("1.50"), True)
    assert [each["growth"] for each in adopted.basis["teams"]] == ["1.0000", "2.0000", "3.0000"]


def test_only_an_admin_adopts_and_only_what_was_seen(people: People, criterion: Criterion) -> None:
    show("1.0000", "2.0000", "3.0000")
    ask = {"threshold": Decimal("1.5"), "seen": Decimal("1.5")}
    for user in (people.partner, people.activator, people.viewer):
        with pytest.raises(PermissionDenied):
            thresholds.adopt(criterion, actor=user, **ask)  # type: ignore[arg-type]
    show("9.0000")
    with pytest.raises(Conflict) as conflict:
        thresholds.adopt(criterion, actor=people.admin, **ask)  # type: ignore[arg-type]
    assert conflict.value.current.threshold == Decimal("1.75")
    with pytest.raises(Refused, match="another number"):
        thresholds.adopt(criterion, actor=people.admin, threshold=Decimal(2), seen=Decimal("1.75"))
    with pytest.raises(Refused, match="above 0"):
        thresholds.adopt(criterion, actor=people.admin, threshold=Decimal(0), seen=Decimal("1.75"), reason="None")
    assert not Adoption.objects.exists()
    thresholds.adopt(criterion, actor=people.admin, threshold=Decimal(2), seen=Decimal("1.75"), reason="Rounder")


def test_an_adoption_stays_as_it_was(people: People, criterion: Criterion) -> None:
    show("1.0000", "2.0000", "3.0000")
    adopted = thresholds.adopt(criterion, actor=people.admin, threshold=Decimal("1.5"), seen=Decimal("1.5"))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Adoption.objects.filter(pk=adopted.pk).update(threshold=9)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        adopted.delete()


def test_the_page_of_the_admin_shows_the_proposal_and_adopts_it(people: People, criterion: Criterion) -> None:
    admin: Client = people.client("admin")
    show("1.0000", "2.0000")
    assert "Undefined, 2 of 3 teams." in admin.get(ADD).content.decode()
    show("3.0000")
    silent = TeamFactory.create(name="Quiet")
    MeasurementFactory.create(
        team=silent, measure=Measure.CONTRIBUTION_JUMP, detail={"not_shown": "It stood there for a week."}
    )
    shown = admin.get(ADD)
    html = shown.content.decode()
    for words in ("Proposed: at least 1.50 times, from 3 teams.", "Quiet: It stood there for a week.", "Least"):
        assert words in html, words
    unseen = admin.post(ADD, posted_as_shown(shown) | {"threshold": "2"})
    assert unseen.status_code == 422
    assert "At least 2 times, required, " in unseen.content.decode()
    refused = admin.post(ADD, posted_as_shown(unseen))
    assert refused.status_code == 422
    assert "another number" in refused.content.decode()
    assert admin.post(ADD, posted_as_shown(shown) | {"threshold": "no"}).status_code == 422
    assert admin.post(ADD, posted_as_shown(shown) | {"seen": "1.40"}).status_code == 409
    assert admin.post(ADD, posted_as_shown(shown)).status_code == 302
    criterion.refresh_from_db()
    assert (criterion.threshold, criterion.strength) == (Decimal("1.50"), Strength.REQUIRED)
    assert "In force: 1.50, adopted by Admin Muster" in admin.get(ADD).content.decode()
    trail = admin.get("/admin/admin/logentry/").content.decode()
    assert "1.50" in trail
    assert people.client("partner").get(ADD).status_code in (302, 403)


def test_without_a_criterion_there_is_nothing_to_adopt(people: People) -> None:
    assert "No criterion in use" in people.client("admin").get(ADD).content.decode()
