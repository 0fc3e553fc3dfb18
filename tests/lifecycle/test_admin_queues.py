"""What admins work through: suggestions, jobs; and what they read: the trail."""

import pytest
from django.test import Client

from lifecycle import jobs, suggestions
from lifecycle.models import Facet, Job, Suggestion
from tests.conftest import People


@pytest.fixture
def editor(people: People) -> Client:
    return people.client("admin")


@pytest.fixture
def suggestion(people: People) -> Suggestion:
    return suggestions.suggest(people.team.stage, facet=Facet.RISKS, text="Burn-out.", author="viewer")


def _answer(editor: Client, suggestion: Suggestion, action: str, answer: str) -> str:
    data = {"action": action, "_selected_action": str(suggestion.pk), "answer": answer}
    return editor.post("/admin/lifecycle/suggestion/", data, follow=True).content.decode()


def test_a_suggestion_lands_in_a_queue_by_state(editor: Client, suggestion: Suggestion) -> None:
    assert "Burn-out." in editor.get("/admin/lifecycle/suggestion/?state__exact=new").content.decode()
    assert "Burn-out." not in editor.get("/admin/lifecycle/suggestion/?state__exact=accepted").content.decode()


@pytest.mark.parametrize(("action", "state"), [("accept", "accepted"), ("decline", "declined")])
def test_an_answer_is_written_with_the_action(editor: Client, suggestion: Suggestion, action: str, state: str) -> None:
    assert "1 suggestion answered" in _answer(editor, suggestion, action, "Thank you, see the risks of Scaling.")
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.answer) == (state, "Thank you, see the risks of Scaling.")


def test_declining_without_an_answer_is_refused_in_words(editor: Client, suggestion: Suggestion) -> None:
    assert "will read why it is declined" in _answer(editor, suggestion, "decline", "")
    suggestion.refresh_from_db()
    assert suggestion.state == Suggestion.State.NEW


def test_an_answered_suggestion_is_not_answered_again(editor: Client, suggestion: Suggestion) -> None:
    _answer(editor, suggestion, "accept", "Yes.")
    assert "answered this suggestion already" in _answer(editor, suggestion, "decline", "No.")
    suggestion.refresh_from_db()
    assert suggestion.answer == "Yes."


def test_jobs_are_read_and_not_written(editor: Client) -> None:
    job = jobs.ask("nothing", "1")
    assert "nothing" in editor.get("/admin/lifecycle/job/").content.decode()
    assert editor.get("/admin/lifecycle/job/add/").status_code == 403
    assert editor.post(f"/admin/lifecycle/job/{job}/change/", {"state": "done"}).status_code == 403
    assert editor.post(f"/admin/lifecycle/job/{job}/delete/", {"post": "yes"}).status_code == 403


def test_a_dead_job_is_asked_for_again_and_a_done_one_is_not(editor: Client) -> None:
    dead, done = jobs.ask("nothing", "1"), jobs.ask("nothing", "2")
    Job.objects.filter(pk=dead).update(state=Job.State.DEAD, error="It broke.")
    Job.objects.filter(pk=done).update(state=Job.State.DONE)
    data = {"action": "retry", "_selected_action": [str(dead), str(done)]}
    assert "1 dead job is queued again" in editor.post("/admin/lifecycle/job/", data, follow=True).content.decode()
    assert list(Job.objects.filter(kind="nothing", state=Job.State.QUEUED).values_list("key", flat=True)) == ["1"]


def test_the_trail_of_edits_is_read_only(editor: Client, suggestion: Suggestion) -> None:
    _answer(editor, suggestion, "accept", "Yes.")
    assert "Answered: accepted" in editor.get("/admin/admin/logentry/").content.decode()
    assert editor.get("/admin/admin/logentry/add/").status_code == 403
