"""A reader suggests; an admin answers once; the reader reads the answer."""

import pytest
from django.db import IntegrityError, transaction

from lifecycle import suggestions
from lifecycle.models import Facet, Stage, Suggestion
from tests.conftest import People

ADDRESS = "/lifecycle/stages/stage-1/facets/resources/suggestions/"


@pytest.fixture
def stage(people: People) -> Stage:
    return people.team.stage


def test_without_scripts_a_suggestion_is_sent_and_thanked_for_on_the_page(people: People, stage: Stage) -> None:
    response = people.client("viewer").post(ADDRESS, {"text": "A checklist."}, follow=True)
    assert response.redirect_chain == [("/lifecycle/stages/stage-1/#stage-1-resources", 303)]
    assert "Thank you" in response.content.decode()
    sent = Suggestion.objects.get()
    assert (sent.stage, sent.facet, sent.text, sent.author, sent.state) == (
        stage,
        Facet.RESOURCES,
        "A checklist.",
        "viewer",
        Suggestion.State.NEW,
    )


def test_with_htmx_the_fragment_alone_answers(people: People) -> None:
    response = people.client("viewer").post(ADDRESS, {"text": "A checklist."}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    body = response.content.decode().strip()
    assert body.startswith("<div") and 'id="suggestion-stage-1-resources"' in body.splitlines()[0]  # noqa: PT018
    assert "<html" not in body
    assert "Thank you" in body


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
@pytest.mark.parametrize("text", ["", "   ", "x" * 4001], ids=["empty", "blank", "endless"])
def test_an_empty_or_endless_suggestion_is_refused_beside_the_field(
    people: People, text: str, headers: dict[str, str]
) -> None:
    response = people.client("viewer").post(ADDRESS, {"text": text}, headers=headers)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert not Suggestion.objects.exists()


def test_what_was_typed_is_not_lost(people: People) -> None:
    body = people.client("viewer").post(ADDRESS, {"text": "x" * 4001}).content.decode()
    assert "x" * 4001 in body


def test_the_same_text_sent_twice_stands_once(people: People) -> None:
    client = people.client("viewer")
    for _ in range(2):
        client.post(ADDRESS, {"text": "A checklist."})
    assert Suggestion.objects.count() == 1


def test_two_that_arrive_at_once_stand_once_too(people: People, stage: Stage) -> None:
    sent = suggestions.suggest(stage, facet=Facet.RESOURCES, text="x" * 4000, author="viewer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.create(stage=stage, facet=Facet.RESOURCES, text="x" * 4000, author="viewer")
    assert suggestions.suggest(stage, facet=Facet.RESOURCES, text="x" * 4000, author="viewer") == sent
    suggestions.accept(sent, answer="Yes.")
    assert suggestions.suggest(stage, facet=Facet.RESOURCES, text="x" * 4000, author="viewer") != sent


def test_strangers_to_the_site_cannot_suggest(people: People) -> None:
    assert people.client("anonymous").post(ADDRESS, {"text": "A checklist."}).status_code == 401
    assert not Suggestion.objects.exists()


def test_only_posting_is_answered(people: People) -> None:
    assert people.client("viewer").get(ADDRESS).status_code == 405


def test_an_answer_is_given_once_and_read_by_its_author_alone(people: People, stage: Stage) -> None:
    sent = suggestions.suggest(stage, facet=Facet.RESOURCES, text="A checklist.", author="viewer")
    suggestions.accept(sent, answer="It stands there now.")
    with pytest.raises(suggestions.Refused):
        suggestions.decline(sent, answer="On second thoughts, no.")
    assert "It stands there now." in people.client("viewer").get("/lifecycle/stages/stage-1/").content.decode()
    assert "It stands there now." not in people.client("partner").get("/lifecycle/stages/stage-1/").content.decode()


def test_declining_needs_a_reason(people: People, stage: Stage) -> None:
    sent = suggestions.suggest(stage, facet=Facet.RESOURCES, text="A checklist.", author="viewer")
    with pytest.raises(suggestions.Refused):
        suggestions.decline(sent, answer=" ")
    sent.refresh_from_db()
    assert sent.state == Suggestion.State.NEW
