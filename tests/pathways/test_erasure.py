"""A person erased: what goes, what stays, who may, and that nobody comes back."""

import hashlib
import hmac
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways import contributors, erasure, merging, suppression
from pathways.keys import keys_of
from pathways.models import AffiliationRule, Contributor, ContributorEvent, Identity
from teams.refusals import Conflict, Refused
from tests.conftest import People
from tests.factories import EnrolmentFactory, IdentityFactory, PathwayFactory
from tests.pathways.people import Given, resolve
from tests.pathways.test_resolve import GIVEN

pytestmark = pytest.mark.django_db
ANN = Given(name="Ann Smith", email="Ann@home.example", username="anns")


@pytest.fixture
def ann(people: People) -> Contributor:
    """Somebody with three spellings, enrolled in the team."""
    resolve(ANN, Given(name="A. Smith", email="ann@home.example"), Given(username="solo"))
    person = Identity.objects.get(name="Ann Smith").contributor
    Identity.objects.update(contributor=person)
    EnrolmentFactory.create(pathway=PathwayFactory.create(team=people.team), contributor=person)
    return person


def erase(person: Contributor, people: People) -> None:
    erasure.erase(person, actor=people.activator, team=people.team)


def test_nothing_that_names_the_person_stays(ann: Contributor, people: People) -> None:
    contributors.rename(ann, actor=people.activator, team=people.team, name="Annie")
    contributors.set_bot(ann, actor=people.activator, team=people.team, is_bot=True, reason="Annie asked")
    erase(ann, people)
    ann.refresh_from_db()
    assert ann.name == f"Erased person {ann.pk}"
    assert ann.erased_at is not None
    rows = Identity.objects.values_list("name", "email", "username").order_by().distinct()
    assert (list(rows), ann.identities.count()) == ([("", "", "")], 3)
    assert all(key.startswith("erased:") for key in ann.identities.values_list("join_key", flat=True))
    assert [(event.action, event.detail) for event in ann.events.all()] == [
        (action, {"team": "lantern"}) for action in ("name", "bot", "erased")
    ]


def test_who_comes_again_is_the_same_nameless_person(ann: Contributor, people: People) -> None:
    erase(ann, people)
    known, people_there = Identity.objects.count(), Contributor.objects.count()
    again = resolve(
        ANN,
        Given("forum:9", name="Ann Smith-Jones", email=" ANN@HOME.example"),
        Given(username="SOLO"),
        Given("forum:9", username="solo"),
    )
    assert [person == ann.pk for _identity, person in again] == [True, True, True, False]
    assert again[0][0] == ann.identities.earliest("pk").pk
    assert (Identity.objects.count(), Contributor.objects.count()) == (known + 1, people_there + 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email, username FROM arrived ORDER BY row")
        assert cursor.fetchall() == [("", "", "")] * 3 + [("", "", "solo")]
    assert not Identity.objects.filter(name__startswith="Ann").exists()


HUB = "users.noreply.github.com"


def test_who_is_erased_is_known_by_each_key_and_by_what_is_told_with_one(ann: Contributor, people: People) -> None:
    erase(ann, people)
    told = [
        Given("github", "Ann", ANN.email, "ann-s"),
        Given("github", "", "", "Ann-S"),
        Given("csv:1", "", "", "anns"),
    ]
    assert {person for _identity, person in resolve(*told)} == {ann.pk}
    again = [Given("lab", "Ann", f"7+ann-s@{HUB}", "ann"), Given("lab", "", "", "ann")]
    assert {person for _identity, person in resolve(*reversed(again))} == {ann.pk}
    assert not Identity.objects.exclude(name="", email="", username="").exists()
    assert not Identity.objects.exclude(join_key__startswith="erased:").exists()


def test_what_is_told_of_an_erased_person_takes_nobody_elses_account(ann: Contributor, people: People) -> None:
    [(_, bo)] = resolve(Given("github", "Bo", "bo@home.example", "bo"))
    erase(ann, people)
    [(_, found)] = resolve(Given("github", "Ann", ANN.email, "bo"))
    assert found == ann.pk
    assert [person for _identity, person in resolve(Given("github", "", "", "bo"))] == [bo]


@pytest.mark.parametrize("erased_as", [f"123+ann@{HUB}", f"ann@{HUB}"])
def test_who_was_erased_under_the_former_rule_is_known_again(erased_as: str) -> None:
    """A noreply address was an address once: it is tried so, with its number and without."""
    _, (kept, person) = resolve(Given(name="Bo", email="bo@home.example"), Given(name="Ann", email=erased_as))
    Identity.objects.filter(pk=kept).update(
        name="", email="", join_key=suppression.kept_of(f"mail:{erased_as}"), erased_at="2026-01-01T00:00Z"
    )
    assert resolve(Given(name="Ann", email=erased_as.upper())) == [(kept, person)]
    by_account = [
        Given("github", "", "", "ann"),
        Given("csv:2", "A", f"ann@{HUB}"),
        Given("csv:2", "A", f"9+ann@{HUB}"),
    ]
    assert [found for _identity, found in resolve(*by_account)] == [person] * 3  # known by the account from then on


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(GIVEN, min_size=1, max_size=8))
def test_sql_and_python_keep_the_same_of_a_key(rows: list[Given]) -> None:
    with transaction.atomic():
        found = resolve(*rows)
        for identity in Identity.objects.all():
            keys = keys_of(identity.source, identity.name, identity.email, identity.username)
            first, second = (suppression.kept_of(key) if key else None for key in keys)
            Identity.objects.filter(pk=identity.pk).update(
                name="", email="", username="", join_key=first, account_key=second, erased_at="2026-01-01T00:00Z"
            )
        assert [person for _identity, person in resolve(*rows)] == [person for _identity, person in found]
        transaction.set_rollback(True)


def test_what_is_kept_is_an_hmac_under_a_key_of_its_own(settings: Any) -> None:
    settings.ERASURE_KEY = "one"
    kept = suppression.kept_of("mail:ann@home.example")
    key = hashlib.sha256(b"one").digest()
    assert kept.endswith(":" + hmac.new(key, b"mail:ann@home.example", hashlib.sha256).hexdigest())
    settings.SECRET_KEY = "changed" * 9
    assert suppression.kept_of("mail:ann@home.example") == kept
    settings.ERASURE_KEY = "another"
    assert suppression.kept_of("mail:ann@home.example") != kept


def test_under_another_key_nothing_is_taken_in(ann: Contributor, people: People, settings: Any) -> None:
    erase(ann, people)
    settings.ERASURE_KEY = "another"
    with pytest.raises(ImproperlyConfigured, match="come back"), transaction.atomic():
        resolve(ANN)


def test_the_domain_of_a_rule_is_kept_and_no_other(ann: Contributor, people: People) -> None:
    AffiliationRule.objects.create(domain="firm.example")
    IdentityFactory.create(contributor=ann, email="Ann.Smith@Firm.example")
    erase(ann, people)
    assert sorted(ann.identities.values_list("email", flat=True)) == ["", "", "", "@firm.example"]


def test_whoever_was_merged_into_the_person_goes_too_and_whoever_was_parted_stays(
    ann: Contributor, people: People
) -> None:
    pathway = PathwayFactory.create(team=people.team)
    one, two, three = (
        EnrolmentFactory.create(pathway=pathway, contributor=IdentityFactory.create().contributor).contributor
        for _ in range(3)
    )
    who: dict[str, Any] = {"actor": people.activator, "team": people.team}
    merging.merge(two, others=[three], **who)
    _first, back = merging.merge(ann, others=[two, one], **who, reason="Ann Smith said so")
    merging.unmerge(back, **who)
    erase(ann, people)
    gone = Contributor.objects.filter(erased_at__isnull=False)
    assert set(gone.values_list("pk", flat=True)) == {ann.pk, two.pk, three.pk}
    assert "Smith" not in str(list(ContributorEvent.objects.values_list("detail", flat=True)))
    with pytest.raises(Refused, match="nobody can tell"):
        merging.merge(one, others=[ann], **who)
    with pytest.raises(Refused, match="without a name"):
        contributors.rename(ann, name="Ann", **who)


def test_erasing_twice_is_a_conflict(ann: Contributor, people: People) -> None:
    erase(ann, people)
    with pytest.raises(Conflict):
        erase(ann, people)


def test_the_log_allows_nothing_else(ann: Contributor, people: People) -> None:
    contributors.set_bot(ann, actor=people.activator, team=people.team, is_bot=True, reason="Seen")
    refused: Any = pytest.raises(IntegrityError, match="append-only")
    with refused, transaction.atomic():
        ContributorEvent.objects.update(detail={})
    erase(ann, people)
    for change in ({"detail": {"reason": "Other"}}, {"action": "split"}, {"actor": None}):
        with refused, transaction.atomic():
            ContributorEvent.objects.update(**change)
    with refused, transaction.atomic():
        ContributorEvent.objects.all().delete()


def test_an_erased_identity_cannot_say_anything(ann: Contributor, people: People) -> None:
    erase(ann, people)
    for said in ({"name": "Ann"}, {"email": "ann@home.example"}, {"username": "a"}, {"join_key": "mail:a@b.c"}):
        with pytest.raises(IntegrityError, match="identity_erased_says_nothing"), transaction.atomic():
            Identity.objects.update(**said)


def test_only_who_keeps_the_teams_contributors_may(ann: Contributor, people: People) -> None:
    for actor in (people.viewer, people.partner, people.outsider):
        with pytest.raises(PermissionDenied):
            erasure.erase(ann, actor=actor, team=people.team)
    elsewhere = people.outsider.memberships.get().team
    with pytest.raises(PermissionDenied):
        erasure.erase(ann, actor=people.admin, team=elsewhere)
    erasure.erase(ann, actor=people.admin, team=people.team)


def test_the_page_says_what_will_happen_and_wants_a_word(ann: Contributor, people: People) -> None:
    client, page = people.client("activator"), f"/teams/lantern/contributors/{ann.pk}/"
    assert "Erase for ever" in client.get(page).content.decode()
    assert "Erase for ever" not in people.client("viewer").get(page).content.decode()
    response = client.post(f"{page}erasures/")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    ann.refresh_from_db()
    assert ann.erased_at is None
    response = client.post(f"{page}erasures/", {"understood": "on"}, follow=True)
    told = response.content.decode()
    assert "The person is erased" in told
    assert "nobody can tell any more" in told
    assert "Erase for ever" not in told
    assert "Ann" not in told
