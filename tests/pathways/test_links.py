"""A page that answers a refused POST stands at the form's address: its links lead to the page all the same."""

import pytest

from tests.conftest import People
from tests.factories import EnrolmentFactory, PathwayFactory

pytestmark = pytest.mark.django_db


def test_links_of_a_refused_form_lead_to_the_pathway(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team, slug="patches")
    EnrolmentFactory.create_batch(60, pathway=pathway)
    response = people.client("activator").post("/teams/lantern/pathways/patches/enrolments/", {"name": ""})
    assert response.status_code == 422
    body = response.content.decode()
    assert 'href="?' not in body
    assert 'href="/teams/lantern/pathways/patches/?page=2"' in body
    assert 'href="/teams/lantern/pathways/patches/?population=staff#people"' in body
