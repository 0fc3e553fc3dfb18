"""Entries by hand: who it was, who vouches for it, and that it counts as any other. By the form, without a script."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from lifecycle import clock, jobs
from metrics import deliveries, hand, keeping, withdrawals
from metrics.hand import Act
from metrics.models import Contribution, Delivery, Import, Source
from pathways import erasure
from pathways.models import Contributor, Identity
from teams.refusals import Refused
from tests.api import item, post, token_for
from tests.conftest import People
from tests.factories import IdentityFactory, KindFactory, PathwayFactory, SourceFactory
from tests.forms import posted_as_shown
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(people: People) -> Source:
    made: Source = SourceFactory.create(
        pathway=PathwayFactory.create(team=people.team),
        type="api",
        name="By hand",
        default_kind=KindFactory.create(key="event", label="Event"),
    )
    return made


@pytest.fixture
def ann(source: Source) -> Contributor:
    """Somebody who takes part by a file; there are two of that name."""
    deliver(source_for(source.pathway, name="Export"), file_of(row(1), row(2, email="ann@elsewhere.example")))
    return Identity.objects.get(email="ann@home.example").contributor


def page_of(source: Source) -> str:
    return reverse("metrics:source", args=["lantern", source.pk])


def send(people: People, source: Source, actor: str = "activator", **typed: object) -> Any:
    """The form as the page shows it, with what somebody typed."""
    client = people.client(actor)
    shown = posted_as_shown(client.get(page_of(source)))
    told = {name: shown[name] for name in ("key", "kind", "day")} | {"witness": "Cy", **typed}
    return client.post(reverse("metrics:entries", args=["lantern", source.pk]), told)


def test_what_is_entered_counts_and_is_shown_with_who_vouches(people: People, source: Source) -> None:
    answer = send(people, source, name="Bo", what="A talk", link="https://talks.example/1", day="2024-01-10")
    assert (answer.status_code, answer["Location"]) == (303, page_of(source))
    made = Contribution.objects.get()
    assert (made.identity.name, made.day, made.kind.key, made.state) == ("Bo", date(2024, 1, 10), "event", 0)
    page = people.client("viewer").get(page_of(source)).content.decode()
    assert "by hand, Activator Muster" in page
    assert 'href="https://talks.example/1"' in page
    assert "seen by Cy" in page
    assert "A talk" in page
    assert f'href="/teams/lantern/contributors/{made.contributor_id}/">Bo</a>' in page
    jobs.drain()
    assert source.team.weekly_counts.exists()


def test_entries_alone_make_a_source_complete_to_today_and_beside_a_program_say_nothing(
    people: People, source: Source
) -> None:
    send(people, source, name="Bo", day="2024-01-10")
    source.refresh_from_db()
    assert source.complete_to == clock.today()
    told = SourceFactory.create(pathway=source.pathway, type="api", name="Forum")
    post(token_for(people.activator, people.team), [item()], source="Forum")
    send(people, told, name="Bo", day="2024-03-03")
    told.refresh_from_db()
    assert told.complete_to == date(2024, 1, 10)


def test_an_entry_of_today_closes_no_gap_between_pushes(people: People, source: Source) -> None:
    hook = SourceFactory.create(pathway=source.pathway, type="github", name="Pushes")
    for number, (before, after) in enumerate([("1", "2"), ("3", "4")]):
        Delivery.objects.create(
            source=hook,
            guid=str(number),
            event="push",
            read_at=clock.now(),
            ref="refs/heads/main",
            before=before,
            after=after,
        )
    assert len(deliveries.gaps(hook)) == 1
    send(people, source, name="Bo")
    assert len(deliveries.gaps(hook)) == 1


def test_somebody_known_is_exactly_that_person(people: People, source: Source, ann: Contributor) -> None:
    several = send(people, source, person="ann")
    assert (several.status_code, "Choose one" in several.content.decode()) == (422, True)
    assert f"Ann (#{ann.pk})" in several.content.decode()
    assert send(people, source, person="ann", contributor=ann.pk).status_code == 303
    made = Contribution.objects.get(imported__source=source)
    assert made.contributor == ann
    assert send(people, source, person=f"#{ann.pk}").status_code == 303
    assert Contribution.objects.filter(imported__source=source, contributor=ann).count() == 2
    assert Identity.objects.filter(source=source.identity_source).count() == 1
    assert Contributor.objects.count() == 2


def test_a_new_e_mail_finds_whoever_has_it_and_a_new_name_is_somebody_new(
    people: People, source: Source, ann: Contributor
) -> None:
    send(people, source, name="Annie", email="Ann@home.example")
    assert Contribution.objects.get(imported__source=source).contributor == ann
    send(people, source, name="Ann")
    assert Contributor.objects.filter(name="Ann").count() == 3
    send(people, source, name="Ann")
    assert Contributor.objects.filter(name="Ann").count() == 3  # within the source, the name is the person


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Tell who did it"),
        ({"person": "Zed"}, "Nobody of the team"),
        ({"person": "#99999999"}, "Nobody of the team"),
        ({"person": "#" + "9" * 30}, "Nobody of the team"),
        ({"person": "a\0b"}, "Null characters"),
        ({"person": "Ann", "name": "Bo"}, "leave one of the two empty"),
        ({"name": "Bo", "witness": ""}, "a link, or who has seen it"),
        ({"name": "Bo", "witness": " ", "link": " "}, "a link, or who has seen it"),
        ({"name": "Bo", "link": "javascript:alert(1)"}, "begins with http"),
        ({"name": "Bo", "link": "ftp://x.example"}, "begins with http"),
        ({"name": "Bo", "day": (clock.today() + timedelta(days=2)).isoformat()}, "not come yet"),
        ({"name": "Bo", "day": "1969-12-31"}, "before 1970"),
        ({"name": "Bo", "kind": "0"}, "valid choice"),
        ({"name": "Bo", "key": "x"}, "out of date"),
        ({"email": "bo"}, "valid email"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    people: People, source: Source, typed: dict[str, str], said: str
) -> None:
    answer = send(people, source, what="A long story", **typed)
    page = answer.content.decode()
    assert (answer.status_code, said in page, "A long story" in page) == (422, True, True)
    assert not Delivery.objects.exists()


def test_a_double_click_is_one_entry(people: People, source: Source) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        assert send(people, source, name="Bo", key=key).status_code == 303
    assert (Contribution.objects.count(), Delivery.objects.count()) == (1, 1)
    send(people, source, name="Bo")
    assert Contribution.objects.count() == 2


def test_somebody_of_another_team_or_erased_is_nobody(people: People, source: Source, ann: Contributor) -> None:
    stranger = IdentityFactory.create(name="Dee").contributor
    act = Act(kind=source.default_kind, day=clock.today(), what="", contributor=stranger, witness="Cy")
    with pytest.raises(Refused, match="Nobody"):
        hand.enter(source, act, actor=people.activator, key=uuid.uuid4())
    assert not Identity.objects.filter(source=source.identity_source).exists()
    assert send(people, source, person="Dee").status_code == 422
    erasure.erase(ann, actor=people.admin, team=people.team)
    assert send(people, source, person=f"#{ann.pk}").status_code == 422


def test_only_a_source_of_entries_takes_them_and_only_from_who_may(people: People, source: Source) -> None:
    act = Act(kind=source.default_kind, day=clock.today(), what="", name="Bo", witness="Cy")
    for who in (people.viewer, people.partner, people.outsider):
        with pytest.raises(PermissionDenied):
            hand.enter(source, act, actor=who, key=uuid.uuid4())
    with pytest.raises(Refused, match="no entries"):
        hand.enter(source_for(source.pathway), act, actor=people.activator, key=uuid.uuid4())
    Source.objects.update(enabled=False)
    assert "switched off" in send(people, source, name="Bo").content.decode()


def test_an_entry_outlives_the_other_bodies_and_no_body_names_its_person(
    people: People, source: Source, ann: Contributor
) -> None:
    send(people, source, person=f"#{ann.pk}")
    send(people, source, name="Bo Berg", email="bo@home.example")
    assert not [each for each in Delivery.objects.all() if b"Berg" in each.body or b"home" in each.body]  # type: ignore[operator]
    Delivery.objects.update(received_at=clock.now() - timedelta(days=91))
    assert keeping.expire() == 0


def test_somebody_erased_who_is_typed_again_is_the_same_nameless_person(
    people: People, source: Source, ann: Contributor
) -> None:
    erasure.erase(ann, actor=people.admin, team=people.team)
    assert send(people, source, name="Ann", email="ann@home.example").status_code == 303
    made = Contribution.objects.get(imported__source=source)
    assert (made.contributor, made.identity.name) == (ann, "")


def test_a_day_of_entries_is_undone_and_others_are_read_again(people: People, source: Source, ann: Contributor) -> None:
    send(people, source, person=f"#{ann.pk}")
    send(people, source, name="Bo")
    today = Import.objects.get(source=source)
    deliveries.read_again(today)
    jobs.drain()
    assert Contribution.objects.filter(imported__source=source, state=0).count() == 2
    withdrawals.withdraw(Import.objects.get(pk=today.pk), actor=people.activator, reason="A test.")
    jobs.drain()
    assert not Contribution.objects.filter(imported__source=source, state=0).exists()
