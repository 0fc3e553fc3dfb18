"""The guide: by stage, by facet, every item linkable, empty facets inviting input."""

import re
from typing import Any

import pytest
from django.test import Client

from lifecycle.loading import load
from lifecycle.management.commands.load_lifecycle import fixture_files
from lifecycle.models import Criterion, Duty, Facet, Milestone, Resource, Risk, Stage, Suggestion
from tests.conftest import People

INVITATION = "wait for your input"


@pytest.fixture
def reader(people: People) -> Client:
    Stage.objects.update(slug="pre-work")  # the persona's team stands in the first stage
    load(fixture_files())
    return people.client("viewer")


def _page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_guide_is_for_people_who_have_logged_in(people: People) -> None:
    for address in ("/lifecycle/", "/lifecycle/stages/pre-work/", "/lifecycle/facets/risks/"):
        assert people.client("anonymous").get(address).status_code == 302
        assert people.client("outsider").get(address).status_code in {200, 404}


def test_the_whole_definition_can_be_taken_along(reader: Client) -> None:
    page = _page(reader, "/lifecycle/")
    assert "/lifecycle/tables/definition.csv" in page
    rows = reader.get("/lifecycle/tables/definition.json").json()["rows"]
    milestones = [row["Item"] for row in rows if row["Facet"] == str(Facet.MILESTONES.label)]
    assert sorted(milestones) == sorted(Milestone.objects.values_list("text", flat=True))
    asked = reader.get("/lifecycle/tables/conditions.json").json()["rows"]
    assert len(asked) == Criterion.objects.filter(retired=False).count()
    assert "/lifecycle/tables/conditions.csv" in _page(reader, "/lifecycle/facets/measure-of-success/")
    assert reader.get("/lifecycle/tables/nothing.csv").status_code == 404


def test_the_ladder_links_every_cell_of_both_directions(reader: Client) -> None:
    page = _page(reader, "/lifecycle/")
    for stage in Stage.objects.all():
        assert f'href="/lifecycle/stages/{stage.slug}/"' in page
        for facet in Facet:
            assert f'href="/lifecycle/stages/{stage.slug}/#{stage.slug}-{facet.value}"' in page
            assert f'href="/lifecycle/facets/{facet.value}/"' in page
    assert page.count("Your input is wanted") == 4


def test_every_item_has_the_same_anchor_on_both_pages(reader: Client) -> None:
    by_stage = {stage.slug: _page(reader, f"/lifecycle/stages/{stage.slug}/") for stage in Stage.objects.all()}
    by_facet = {facet: _page(reader, f"/lifecycle/facets/{facet.value}/") for facet in Facet}
    items: list[tuple[Facet, Any]] = [(Facet.MILESTONES, each) for each in Milestone.objects.all()]
    items += [(Facet.RESOURCES, each) for each in Resource.objects.all()]
    items += [(Facet.RISKS, each) for each in Risk.objects.all()]
    items += [(Facet.PARTNER_ROLE, each) for each in Duty.objects.filter(role="partner")]
    items += [(Facet.ACTIVATOR_ROLE, each) for each in Duty.objects.filter(role="activator", stage__isnull=False)]
    assert len(items) == 27 + 24 + 11 + 13 + 18
    for facet, item in items:
        anchor = f'id="{item.stage.slug}-{facet.value}-{item.key}"'
        assert by_stage[item.stage.slug].count(anchor) == 1
        assert by_facet[facet].count(anchor) == 1


def test_no_page_uses_an_id_twice(reader: Client) -> None:
    for address in ("/lifecycle/", "/lifecycle/stages/learning/", "/lifecycle/facets/activator-role/"):
        ids = re.findall(r'\sid="([^"]+)"', _page(reader, address))
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("stage", "empty"),
    [("pre-work", 0), ("starting", 1), ("learning", 1), ("scaling", 1), ("sustaining", 1)],
)
def test_empty_facets_call_for_input_and_nothing_else_does(reader: Client, stage: str, empty: int) -> None:
    assert _page(reader, f"/lifecycle/stages/{stage}/").count(INVITATION) == empty


def test_a_stage_says_what_its_gate_asks_and_how_it_is_counted(reader: Client) -> None:
    page = _page(reader, "/lifecycle/stages/learning/")
    assert "more than 25" in page
    assert "People whose first counted contribution to the team came after it entered its stage" in page
    assert "at least 10 times" in _page(reader, "/lifecycle/stages/scaling/")
    sustaining = _page(reader, "/lifecycle/stages/sustaining/")
    assert "at least 50 %" in sustaining
    assert "undefined" in sustaining


def test_learning_calls_the_activator_community_manager_who_needs_support(reader: Client) -> None:
    page = _page(reader, "/lifecycle/stages/learning/")
    assert "Community manager" in page
    assert "Activators need extra support here" in page
    assert "Activators need extra support here" not in _page(reader, "/lifecycle/stages/scaling/")


def test_what_holds_across_the_lifecycle_stands_with_the_activators_role(reader: Client) -> None:
    page = _page(reader, "/lifecycle/facets/activator-role/")
    assert page.count('<li id="across-') == 6


def test_retired_items_are_not_shown(reader: Client) -> None:
    Milestone.objects.filter(key="gaps-found").update(retired=True)
    assert "learning-milestones-gaps-found" not in _page(reader, "/lifecycle/stages/learning/")


def test_unknown_stages_and_facets_are_not_found(reader: Client) -> None:
    for address in ("stages/nirvana/", "facets/nirvana/", "stages/learning/facets/nirvana/suggestions/"):
        assert reader.get(f"/lifecycle/{address}").status_code in {404, 405}
    assert reader.post("/lifecycle/stages/learning/facets/nirvana/suggestions/").status_code == 404


def test_the_pages_cost_a_fixed_number_of_queries(reader: Client, django_assert_max_num_queries: Any) -> None:
    Suggestion.objects.create(
        stage=Stage.objects.get(slug="learning"), facet=Facet.RESOURCES, text="More.", author="viewer"
    )
    for address in ("/lifecycle/", "/lifecycle/stages/learning/", "/lifecycle/facets/milestones/"):
        with django_assert_max_num_queries(11):
            reader.get(address)
