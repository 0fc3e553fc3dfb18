"""All that is held about a person: every table that points to one, with every column."""

import json
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from metrics.models import Contribution, Import, Touched
from metrics.recount import recount
from pathways import contributors, merging, record
from pathways.models import Contributor, ContributorEvent, Likeness, Mentorship, Steward
from pathways.models.people import Affiliated
from tests.conftest import People
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    EnrolmentFactory,
    IdentityFactory,
    PathwayFactory,
    PointFactory,
    StepFactory,
)
from tests.metrics.acts import act, source_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def pointing_to_people() -> set[type[Model]]:
    """Every table with a column that names a contributor, by a foreign key or as a plain number.

    Not `Touched`, a list of what the next recount has to count.
    """
    related = (each.related_model for each in Contributor._meta.get_fields(include_hidden=True) if each.auto_created)
    columns = {model: {field.column for field in model._meta.concrete_fields} for model in apps.get_models()}
    plainly = {model for model, names in columns.items() if "contributor_id" in names}
    return {model for model in related if isinstance(model, type)} | plainly - {Touched}


@pytest.fixture
def mira(people: People) -> Contributor:
    """Somebody of whom each table has a row in the team, and some have one in another team."""
    here, there = PathwayFactory.create(team=people.team), PathwayFactory.create()
    PointFactory.create(pathway=here)
    source = source_of(here, complete_to=DAY)
    mira: Contributor = ContributorFactory.create(name="Mira Stan")
    twin = ContributorFactory.create(name="M. Stan")
    for who, email in ((mira, "mira@home.example"), (twin, "mira@work.example")):
        act(here, IdentityFactory.create(contributor=who, source=source.identity_source, email=email), DAY)
    merging.merge(mira, others=[twin], actor=people.activator, team=people.team, reason="Told me so")
    elsewhere = source_of(there)
    act(there, IdentityFactory.create(contributor=mira, source=elsewhere.identity_source, email="m@away.example"), DAY)
    contributors.set_affiliation(mira, actor=people.activator, team=people.team, kind=Affiliated.STAFF, reason="Hired")
    Likeness.objects.create(one=mira, other=EnrolmentFactory.create(pathway=here).contributor, reasons=["name"])
    Likeness.objects.create(one=EnrolmentFactory.create(pathway=there).contributor, other=mira)
    mentor = CommunityRoleFactory.create(team=people.team, role="mentor", contributor__name="Mona")
    Mentorship.objects.create(role=mentor, mentee=mira, from_on=DAY)
    for pathway in (here, there):
        enrolment = EnrolmentFactory.create(pathway=pathway, contributor=mira, opportunity=f"Task of {pathway.team}")
        enrolment.completed_steps.add(StepFactory.create(pathway=pathway, name="Say hello"))
        CommunityRoleFactory.create(team=pathway.team, contributor=mira)
        Steward.objects.create(pathway=pathway, contributor=mira, from_on=DAY)
    errors = [{"line": 7, "field": "date", "reason": "no date", "cells": ["Mira Stan", "then"]}]
    Import.objects.create(source=source, filename="broken.csv", errors=errors)
    for pathway in (here, there):
        recount(pathway.team_id)
    return mira


def fetched(people: People, who: str, mira: Contributor) -> dict[str, Any]:
    response = people.client(who).get(f"/teams/lantern/contributors/{mira.pk}/record.json")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    told: dict[str, Any] = json.loads(response.content)
    return told


def test_no_table_that_names_a_person_is_left_out() -> None:
    assert pointing_to_people() <= record.tables()


def test_every_part_has_the_teams_rows_with_every_column(people: People, mira: Contributor) -> None:
    told = fetched(people, "activator", mira)
    assert (told["person"]["name"], told["held_by"]) == ("Mira Stan", "Lantern")
    assert all(told[part] for part in record._parts), [part for part in record._parts if not told[part]]
    for model in pointing_to_people() - {ContributorEvent}:
        names = {field.name for field in model._meta.concrete_fields} - {"pk"}
        assert any(names <= set(row) for part in record._parts for row in told[part]), model
    assert [row["email"] for row in told["identities"]] == ["mira@home.example", "mira@work.example"]
    assert len(told["contributions"]) == 2
    assert told["contributions"][0]["source"] == Contribution.objects.filter(team=people.team)[0].imported.source.name
    assert told["mentorships"][0]["mentor"] == "Mona"
    assert told["enrolments"][0]["completed_steps"] == ["Say hello"]
    assert [(row["file"], row["line"], row["cells"]) for row in told["rejected_rows"]] == [
        ("broken.csv", 7, ["Mira Stan", "then"])
    ]
    assert {"merge", "merged", "affiliation"} <= {row["action"] for row in told["events"]}


def test_a_team_does_not_hand_out_what_another_holds_and_an_admin_hands_out_all(
    people: People, mira: Contributor
) -> None:
    assert "away.example" not in json.dumps(fetched(people, "activator", mira))
    everything = fetched(people, "admin", mira)
    assert len(everything["identities"]) == len(everything["contributions"]) == 3
    for part in ("enrolments", "community_roles", "stewardships", "likenesses", "imports"):
        assert len(everything[part]) == len(fetched(people, "activator", mira)[part]) + 1
