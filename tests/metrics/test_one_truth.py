"""One number, one query: what a page says is what its explanation counts, and what the export lists."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.conf import settings

from lifecycle import clock
from lifecycle.loading import load
from metrics.demo.slices import cut
from pathways import pathways
from teams.dashboard.numbers import numbers_of
from teams.models import Measurement, Population
from tests.conftest import People
from tests.metrics.files import SAMPLES, deliver, source_for

pytestmark = pytest.mark.django_db


def test_every_figure_of_the_dashboard_is_explained_by_its_own_people(people: People) -> None:
    load([settings.BASE_DIR / "fixtures" / "organisation.json"])  # the default conversion points
    opened = clock.today() - timedelta(days=900)
    pathway = pathways.create(people.team, actor=people.activator, name="Patch and review", opened_on=opened)
    yesterday = clock.today() - timedelta(days=1)
    history = cut(
        SAMPLES / "profiler" / "events.csv.gz", first=date(2019, 6, 1), last=date(2021, 1, 20), ends_on=yesterday
    )
    deliver(source_for(pathway, starts_on=None), history, complete_to=yesterday)
    reader = people.client("viewer")
    compared = 0
    for population in Population:
        for slug, key in (("", 0), (pathway.slug, pathway.pk)):
            numbers = numbers_of(people.team, population, pathway_id=key, pathway=slug)
            for fact in numbers.facts if numbers else []:
                told = reader.get(fact.explain).context["told"]
                assert told.value == fact.value, fact
                listed = reader.get(fact.explain.replace("/?", ".csv?"))
                rows = list(csv.reader(io.StringIO(listed.content.decode("utf-8-sig"))))
                assert len(rows) - 1 == fact.value, fact
                compared += 1
    assert compared >= 16
    gate = Measurement.objects.get(team=people.team, measure="active_contributors")
    assert reader.get(f"/teams/{people.team.slug}/numbers/active_contributors/").context["told"].value == gate.value
