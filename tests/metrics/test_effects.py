"""What an import changed, told by counting the team without it, and nothing of that is left."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from lifecycle import jobs
from lifecycle.measures import Measure
from metrics import effects
from metrics.models import Import, Source, Span
from pathways.models import Level
from tests.conftest import People
from tests.factories import CriterionFactory, PathwayFactory, PointFactory
from tests.metrics.files import DAY, NOON, deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(people: People) -> Source:
    pathway = PathwayFactory.create(team=people.team)
    for level, n in ((Level.CASUAL, 1), (Level.ACTIVE, 3)):
        PointFactory.create(pathway=pathway, level=level, n=n, w=3650)
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_CONTRIBUTORS, threshold=1)
    return source_for(pathway)


def acts(person: str, *numbers: int) -> list[str]:
    email = f"{person.lower()}@home.example"
    return [row(number, name=person, email=email, ts=NOON + number * DAY) for number in numbers]


def test_newcomers_conversions_and_the_gate(source: Source) -> None:
    deliver(source, file_of(*acts("Ann", 1, 2)))
    second = deliver(source, file_of(*acts("Ann", 3), *acts("Bo", 11)), complete_to=date(2024, 3, 1))
    before = list(Span.objects.order_by("pk").values_list())
    effect = effects.effect_of(second)
    assert [(each.contributor.name, each.day) for each in effect.newcomers] == [("Bo", date(2024, 1, 21))]
    conversions = {(each.contributor.name, each.level): (each.day, each.without) for each in effect.conversions}
    assert conversions == {
        ("Ann", Level.ACTIVE): (date(2024, 1, 13), None),
        ("Bo", Level.CASUAL): (date(2024, 1, 21), None),
    }
    assert effect.gate
    assert list(Span.objects.order_by("pk").values_list()) == before
    assert Source.objects.count() == 1
    second.refresh_from_db()
    assert second.source == source


def test_a_level_reached_earlier_tells_when_it_would_have_been(source: Source) -> None:
    deliver(source, file_of(*acts("Ann", 5, 6, 9)))
    early = deliver(source, file_of(*acts("Ann", 1)))
    found = {each.level: (each.day, each.without) for each in effects.effect_of(early).conversions}
    assert found == {
        Level.CASUAL: (date(2024, 1, 11), date(2024, 1, 15)),
        Level.ACTIVE: (date(2024, 1, 16), date(2024, 1, 19)),
    }


def test_what_came_before_changes_nothing(source: Source) -> None:
    deliver(source, file_of(*acts("Ann", 1, 2, 3)))
    again = deliver(source, file_of(*acts("Ann", 1, 2, 3)))
    effect = effects.effect_of(again)
    assert (effect.newcomers, effect.conversions, effect.gate) == ([], [], [])


def test_what_is_too_large_is_not_tried(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = deliver(source, file_of(*acts("Ann", 1, 2)))
    monkeypatch.setattr(effects, "MOST", 1)
    assert "too large" in effects.effect_of(delivery).refused


def test_the_page_is_reached_from_the_import(people: People, source: Source) -> None:
    delivery = deliver(source, file_of(*acts("Ann", 1)))
    client = people.client("viewer")
    address = reverse("metrics:effect", args=["lantern", delivery.pk])
    assert address in client.get(reverse("metrics:import", args=["lantern", delivery.pk])).content.decode()
    page = client.get(address).content.decode()
    assert "1 new contributor" in page
    for name in ("import-newcomers", "import-conversions"):
        files = [unescape(each) for each in re.findall(rf'href="([^"]+/{name}\.json[^"]*)"', page)]
        (told,) = (client.get(each).json()["rows"] for each in files)
        assert {row["Person"] for row in told} == {"Ann"}
    Import.objects.filter(pk=delivery.pk).update(state="undone")
    jobs.drain()
    assert client.get(address).status_code == 303
