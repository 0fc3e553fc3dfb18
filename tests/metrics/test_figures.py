"""Every figure of the samples, through the real import: equal, not close."""

import json
import random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from metrics.figures import figures
from pathways.models import AffiliationRule, Level, Pathway
from tests.factories import PathwayFactory, PointFactory
from tests.metrics.files import SAMPLES, deliver, joined, lines, part_noreply, sample, source_for

pytestmark = pytest.mark.django_db
STAFF_HOSTS = ("mozilla.com", "mozilla.org", "mozillafoundation.org", "getpocket.com")


def pathway_with_sample_points() -> Pathway:
    """The conversion points named in the samples' README."""
    pathway = PathwayFactory.create(team__slug="lantern", slug="code")
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=90)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=5, w=90)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=25, d=3, m=3, w=180)
    return pathway


def compared(expected: str, actual: dict[str, Any]) -> tuple[int, list[str]]:
    """As the samples' compare.py: numbers equal, floats to 1e-6, but every expected key must be there."""
    wanted = json.loads((SAMPLES / expected).read_text(encoding="utf-8"))
    del wanted["parameters"]
    differs: list[str] = []
    return walk(wanted, actual, "", differs), differs


def walk(wanted: Any, actual: Any, path: str, differs: list[str]) -> int:
    if isinstance(wanted, dict) and isinstance(actual, dict):
        if wanted.keys() != actual.keys():
            differs.append(f"{path}: keys {sorted(wanted.keys() ^ actual.keys())[:5]}")
        return sum(walk(wanted[key], actual[key], f"{path}.{key}", differs) for key in wanted.keys() & actual.keys())
    if isinstance(wanted, list) and isinstance(actual, list):
        if len(wanted) != len(actual):
            differs.append(f"{path}: {len(wanted)} expected, {len(actual)} got")
        pairs = zip(wanted, actual, strict=False)
        return sum(walk(one, other, f"{path}.{number}", differs) for number, (one, other) in enumerate(pairs))
    floats = isinstance(wanted, float) and isinstance(actual, float)
    if not (abs(wanted - actual) <= 1e-6 if floats else wanted == actual):
        differs.append(f"{path}: {wanted!r} expected, {actual!r} got")
    return 1


@pytest.fixture
def profiler(db: None) -> Pathway:
    """The profiler's history, imported."""
    pathway = pathway_with_sample_points()
    for host in STAFF_HOSTS:
        AffiliationRule.objects.create(domain=host)
    delivery = deliver(source_for(pathway), sample("profiler/events.csv.gz"))
    assert delivery.new == 8440, delivery.errors
    part_noreply(pathway.team)
    return pathway


def flag_bots() -> None:
    call_command("flag_bots", str(SAMPLES / "bots.json"), verbosity=0)
    call_command("recount", verbosity=0)


def test_the_profiler_gives_every_expected_figure(profiler: Pathway, capsys: pytest.CaptureFixture[str]) -> None:
    number, differs = compared("profiler/expected.raw.json", figures(profiler.team, population="all"))
    assert (number > 10_000, differs) == (True, [])
    flag_bots()
    for population in ("people", "volunteers"):
        for pathway in (None, profiler):
            found = figures(profiler.team, pathway=pathway, population=population)
            number, differs = compared(f"profiler/expected.{population}.json", found)
            assert (population, number > 10_000, differs) == (population, True, [])
    capsys.readouterr()
    call_command("export_figures", "lantern", "--pathway=code", "--population=volunteers")
    assert compared("profiler/expected.volunteers.json", json.loads(capsys.readouterr().out))[1] == []


def test_every_edge_case_of_the_boundary_sample() -> None:
    pathway = pathway_with_sample_points()
    deliver(source_for(pathway), sample("boundary/events.csv"))
    number, differs = compared("boundary/expected.raw.json", figures(pathway.team, population="all"))
    assert (number > 300, differs) == (True, [])
    flag_bots()
    assert compared("boundary/expected.people.json", figures(pathway.team, population="people"))[1] == []


def test_halves_in_any_order_and_a_tenth_twice_give_the_same_figures() -> None:
    pathway = pathway_with_sample_points()
    for host in STAFF_HOSTS:
        AffiliationRule.objects.create(domain=host)
    source = source_for(pathway)
    header, rows = lines(sample("profiler/events.csv.gz"))
    dice = random.Random(7)
    half = len(rows) // 2
    second = rows[half:] + dice.sample(rows, len(rows) // 10)
    dice.shuffle(second)
    deliver(source, joined(header, rows[:half]))
    deliver(source, joined(header, second))
    part_noreply(pathway.team)
    flag_bots()
    for population, expected in (("all", "raw"), ("people", "people"), ("volunteers", "volunteers")):
        found = figures(pathway.team, pathway=pathway, population=population)
        number, differs = compared(f"profiler/expected.{expected}.json", found)
        # What was read and dropped differs, for more was delivered; nothing else does.
        other = {one.split(":")[0] for one in differs}
        assert (population, number > 10_000) == (population, True)
        assert other == {".totals.rows_read", ".totals.duplicate_events_dropped"}, population


def test_there_is_nothing_to_tell_of_nobody_and_no_answer_for_a_wrong_address() -> None:
    pathway = pathway_with_sample_points()
    assert figures(pathway.team) == {}
    for arguments in (["nowhere"], ["lantern", "--pathway=nowhere"]):
        with pytest.raises(CommandError, match="nowhere"):
            call_command("export_figures", *arguments)
