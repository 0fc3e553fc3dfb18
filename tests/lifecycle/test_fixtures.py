"""The lifecycle is complete: the counts of 1-definitions 1.1, each cell by its name."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Count, Q

from lifecycle.criteria import faults
from lifecycle.loading import load
from lifecycle.management.commands.load_lifecycle import fixture_files
from lifecycle.models import Criterion, Duty, Milestone, Resource, Risk, Stage
from pathways.models import DefaultPoint, Funnel, Kind

pytestmark = pytest.mark.django_db

STAGES = ["pre-work", "starting", "learning", "scaling", "sustaining"]

#: facet -> items of each stage; "milestones (+)" are the child items.
TABLE = {
    "milestones": [4, 4, 7, 4, 3],
    "milestones (+)": [1, 0, 4, 0, 0],
    "resources": [4, 5, 0, 0, 0],
    "resources (+)": [5, 10, 0, 0, 0],
    "activator duties": [1, 5, 5, 5, 2],
    "partner duties": [3, 2, 2, 3, 3],
    "risks": [3, 0, 3, 3, 2],
}


def _count(facet: str, where: Q) -> int:
    return {
        "milestones": Milestone.objects.filter(where, parent=None),
        "milestones (+)": Milestone.objects.filter(where).exclude(parent=None),
        "resources": Resource.objects.filter(where, parent=None),
        "resources (+)": Resource.objects.filter(where).exclude(parent=None),
        "activator duties": Duty.objects.filter(where, role=Duty.Role.ACTIVATOR),
        "partner duties": Duty.objects.filter(where, role=Duty.Role.PARTNER),
        "risks": Risk.objects.filter(where),
    }[facet].count()


@pytest.fixture(autouse=True)
def _loaded(db: None) -> None:
    load(fixture_files())


def test_each_cell_has_every_item_of_the_source_and_no_more() -> None:
    assert {facet: [_count(facet, Q(stage__slug=stage)) for stage in STAGES] for facet in TABLE} == TABLE


def test_no_item_stands_outside_the_table() -> None:
    for facet, counts in TABLE.items():
        assert _count(facet, Q(stage__isnull=False)) == sum(counts)


def test_the_children_hang_where_the_source_has_them() -> None:
    children = {
        ("stages-understood", 1),
        ("librarian-named", 4),
        ("readiness-modules", 4),
        ("get-involved-tutorial", 1),
        ("community-intents", 4),
        ("activator-functions", 6),
    }
    found = {
        pair
        for model in (Milestone, Resource)
        for pair in model.objects.filter(children__isnull=False).values_list("key").annotate(Count("children"))
    }
    assert found == children


def test_six_duties_of_the_activator_hold_across_the_lifecycle() -> None:
    across = Duty.objects.filter(stage=None)
    assert [duty.role for duty in across] == ["activator"] * 6
    functions = Resource.objects.filter(parent__key="activator-functions")
    assert [duty.text for duty in across] == [resource.text for resource in functions]


def test_the_ladder_has_five_stages_in_order_and_one_last() -> None:
    assert list(Stage.objects.values_list("slug", "order", "is_last")) == [
        ("pre-work", 1, False),
        ("starting", 2, False),
        ("learning", 3, False),
        ("scaling", 4, False),
        ("sustaining", 5, True),
    ]


def test_the_settled_faults_of_the_source() -> None:
    starting, sustaining = Stage.objects.get(slug="starting"), Stage.objects.get(slug="sustaining")
    assert "no volunteers" in starting.definition
    assert "pathway" in starting.measure_of_success
    assert "steady" in sustaining.definition
    assert "case study" in sustaining.measure_of_success
    noted = Stage.objects.exclude(editor_note="").values_list("slug", flat=True)
    assert list(noted) == ["starting", "sustaining"]
    labels = list(Stage.objects.values_list("competence", flat=True))
    assert labels[0] == labels[1]
    assert all(label.endswith("ly incompetent") or label.endswith("ly competent") for label in labels)
    titles = list(Stage.objects.values_list("activator_title", flat=True))
    assert titles == ["Activator"] * 2 + ["Community manager"] * 3
    assert list(Stage.objects.filter(activator_needs_support=True).values_list("slug", flat=True)) == ["learning"]
    assert list(Resource.objects.filter(status="wanted").values_list("key", flat=True)) == ["impact-video"]


def test_items_of_a_facet_are_numbered_without_a_gap() -> None:
    for slug in STAGES:
        here = Q(stage__slug=slug)
        lists = [
            Milestone.objects.filter(here),
            Resource.objects.filter(here),
            Duty.objects.filter(here, role="activator"),
            Duty.objects.filter(here, role="partner"),
            Risk.objects.filter(here),
            Criterion.objects.filter(here),
        ]
        for items in lists:
            assert [item.order for item in items] == list(range(1, len(items) + 1))


def test_what_goes_on_asks_to_be_looked_at_again() -> None:
    regular = dict(Milestone.objects.exclude(refresh_days=None).values_list("key", "refresh_days"))
    assert regular == {
        "practices-documented": 180,
        "impact-told": 90,
        "energy-renewed": 180,
        "goals-advanced": 90,
    }


def test_the_gates_of_every_stage() -> None:
    rows = Criterion.objects.values_list("stage__slug", "measure", "operator", "threshold", "window_days", "strength")
    assert list(rows) == [
        ("pre-work", "activators_appointed", ">=", Decimal(1), None, "required"),
        ("pre-work", "partners_agreed", ">=", Decimal(1), None, "required"),
        ("starting", "pathways_documented", ">=", Decimal(1), None, "required"),
        ("starting", "funnels_connected", ">=", Decimal(1), None, "required"),
        ("starting", "prototype_contributors", ">=", Decimal(1), None, "required"),
        ("starting", "prototype_contributors", "<=", Decimal(20), None, "advised"),
        ("starting", "pathway_iterations", ">=", Decimal(1), None, "advised"),
        ("learning", "new_contributors", ">", Decimal(25), 365, "required"),
        ("learning", "level_points_defined", ">=", Decimal(3), None, "required"),
        ("learning", "sources_connected", ">=", Decimal(1), None, "required"),
        ("learning", "core_contributors", ">=", Decimal(3), None, "advised"),
        ("scaling", "active_growth", ">=", Decimal(10), None, "required"),
        ("scaling", "mentors", ">=", Decimal(1), None, "required"),
        ("scaling", "leaders", ">=", Decimal(1), None, "required"),
        ("scaling", "check_ins_90d", ">=", Decimal(3), None, "advised"),
        ("scaling", "absence_factor", ">=", Decimal(2), None, "advised"),
        ("sustaining", "case_studies_published", ">=", Decimal(1), None, "required"),
        ("sustaining", "core_retention", ">=", Decimal("0.5"), None, "advised"),
        ("sustaining", "contribution_jump", ">=", None, None, "informational"),
    ]
    assert all(criterion.text for criterion in Criterion.objects.all())
    assert not any(faults(criterion) for criterion in Criterion.objects.all())


def test_the_registries_of_the_organisation() -> None:
    assert list(Kind.objects.values_list("key", "state")) == [
        (key, "known")
        for key in (
            "commit",
            "change_request",
            "review",
            "issue",
            "comment",
            "translation",
            "support_answer",
            "event_attended",
            "documentation",
            "mentoring",
            "other",
        )
    ]
    assert list(DefaultPoint.objects.values_list("level", "n", "d", "m", "w", "roles")) == [
        (1, 1, 1, 1, 365, []),
        (2, 4, 2, 1, 365, []),
        (3, 25, 10, 3, 365, []),
        (3, 4, 2, 1, 365, ["leader", "mentor", "core"]),
    ]
    assert list(Funnel.objects.filter(is_major=True).values_list("key", flat=True)) == [
        "get-involved",
        "newsletters",
        "what-can-i-do",
    ]


def test_loaddata_reads_the_same_files() -> None:
    call_command("loaddata", *map(str, fixture_files()), verbosity=0)
    assert Milestone.objects.count() == 27
    assert load(fixture_files()).created == 0
