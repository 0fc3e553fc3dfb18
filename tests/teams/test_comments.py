"""What is said in its place: by members, kept, withdrawn by its author alone, and safe to show."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from teams import comments, notifications
from teams.models import CheckIn, Comment, Notification, Team
from tests.conftest import People
from tests.factories import CheckInFactory, MilestoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def check_in(people: People) -> CheckIn:
    return CheckInFactory.create(team=people.team, held_on=date(2026, 6, 1), by=people.partner)


def page(people: People, who: str = "activator") -> str:
    return people.client(who).get("/teams/lantern/").content.decode()


@pytest.mark.parametrize("who", ["viewer", "activator", "partner", "admin"])
def test_every_member_comments_on_a_milestone(people: People, who: str) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage, text="One storyboard")
    address = f"/teams/lantern/milestones/{milestone.pk}/comments/"
    response = people.client(who).post(f"{address}?show=missing", {"text": "  Looks\r\ngood. "})
    said = Comment.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/teams/lantern/?show=missing#comment-{said.pk}")
    assert (said.text, said.by) == ("Looks\ngood.", getattr(people, who))
    body = page(people)
    assert "One comment<" in body
    assert "Looks\ngood." in body
    heard = {each.user: each.words for each in Notification.objects.all()}
    assert set(heard) == {people.activator, people.partner} - {said.by}
    assert set(heard.values()) == {f"{said.by} commented on “One storyboard”"}


def test_a_check_in_is_commented_on_where_it_stands(people: People, check_in: CheckIn) -> None:
    people.client("activator").post(f"/teams/lantern/check-ins/{check_in.pk}/comments/", {"text": "Thank you."})
    body = page(people)
    assert "Thank you." in body[body.index(f'id="check-in-{check_in.pk}"') :]
    (told,) = notifications.of(people.partner)
    assert told.words == "Activator Muster commented on the check-in of 1 Jun 2026"
    assert told.address == f"/teams/lantern/#comment-{Comment.objects.get().pk}"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_what_cannot_be_said_stays_in_its_field(people: People, check_in: CheckIn, text: str) -> None:
    response = people.client("activator").post(f"/teams/lantern/check-ins/{check_in.pk}/comments/", {"text": text})
    assert response.status_code == 422
    assert f">{text}</textarea>" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_retired_team_is_only_read(people: People, check_in: CheckIn) -> None:
    comments.write(people.team, actor=people.activator, text="Before.", check_in=check_in)
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.RETIRED)
    client = people.client("activator")
    assert client.post(f"/teams/lantern/check-ins/{check_in.pk}/comments/", {"text": "After."}).status_code == 403
    assert client.post(f"/teams/lantern/comments/{Comment.objects.get().pk}/withdrawal/").status_code == 403
    body = page(people)
    assert "Before." in body
    assert "/comments/" not in body


def test_its_author_withdraws_it_and_the_fact_stays(people: People, check_in: CheckIn) -> None:
    said = comments.write(people.team, actor=people.viewer, text="A slip of the tongue.", check_in=check_in)
    address = f"/teams/lantern/comments/{said.pk}/withdrawal/"
    for who in ("activator", "partner", "admin"):
        assert people.client(who).post(address).status_code == 403
        assert address not in page(people, who)
    assert address in page(people, "viewer")
    for _ in range(2):
        assert people.client("viewer").post(address).status_code == 303
    said.refresh_from_db()
    assert said.text == ""
    assert said.withdrawn_at is not None
    for body in (page(people), page(people, "viewer")):
        assert "Withdrawn." in body
        assert "slip of the tongue" not in body
        assert "One comment<" not in body, "nothing is counted that says nothing"


def test_what_was_withdrawn_stands_once_in_the_field_to_be_said_again(people: People, check_in: CheckIn) -> None:
    said = comments.write(people.team, actor=people.viewer, text="A slip of the tongue.", check_in=check_in)
    client = people.client("viewer")
    client.post(f"/teams/lantern/comments/{said.pk}/withdrawal/")
    first, second = (client.get("/teams/lantern/").content.decode() for _ in range(2))
    field = first.split(f'<textarea id="check-in-{check_in.pk}-comment"')[1].split("</textarea>")[0]
    assert field.endswith(">A slip of the tongue.")
    assert "slip of the tongue" not in second


def test_words_are_shown_as_words_and_links_as_safe_links(people: People, check_in: CheckIn) -> None:
    text = "<img src=x onerror=alert(1)> javascript:alert(1) https://a.example/?x=1&y=2 <b>"
    comments.write(people.team, actor=people.viewer, text=text, check_in=check_in)
    body = page(people)
    assert "<img src=x" not in body
    assert 'href="javascript' not in body
    assert '<a href="https://a.example/?x=1&amp;y=2" rel="nofollow">' in body


def test_the_database_keeps_what_was_said(people: People, check_in: CheckIn) -> None:
    said = comments.write(people.team, actor=people.viewer, text="One.", check_in=check_in)
    rows = Comment.objects.filter(pk=said.pk)
    elsewhere = Team.objects.get(slug="elsewhere")
    milestone = MilestoneFactory.create(stage=people.team.stage)
    forbidden: list[Callable[[], object]] = [
        lambda: rows.update(text="Two."),
        lambda: rows.update(text="", withdrawn_at="2026-01-01T00:00Z", by=people.admin),
        rows.delete,
        lambda: rows.update(text=""),
    ]
    for write in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    for wrong in ({"check_in": check_in, "team": elsewhere}, {"check_in": check_in, "milestone": milestone}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**{"team": people.team, "text": "x", "by": people.viewer} | wrong)
    comments.withdraw(said, actor=people.viewer)
    with pytest.raises(DatabaseError, match="withdrawn once"), transaction.atomic():
        rows.update(text="Back.", withdrawn_at=None)
