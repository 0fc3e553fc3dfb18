"""Bots and staff: a source's field flags whom it meets, patterns and domains ask, a person decides."""

from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from pathways import bot_signs, contributors, identities, presence, staff
from pathways.models import AffiliationRule, Contributor, ContributorEvent, Identity
from pathways.models.people import Affiliated
from tests.conftest import People
from tests.factories import EnrolmentFactory, IdentityFactory, MembershipFactory, PathwayFactory

pytestmark = pytest.mark.django_db
LIST = "/teams/lantern/contributors/likenesses/"


def told(name: str, *, is_bot: bool, account: str = "", source: str = "github") -> Contributor:
    """What an import with the field says of somebody."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE told_bots ON COMMIT DROP AS SELECT %s AS source, %s AS name, '' AS email,"
            " %s AS username, %s AS is_bot, NULL::int AS identity_id, NULL::int AS contributor_id",
            [source, name, account or name, is_bot],
        )
        identities.resolve(cursor, table="told_bots")
        cursor.execute("SELECT contributor_id FROM told_bots")
        (pk,) = cursor.fetchone()
        cursor.execute("DROP TABLE told_bots")
    return Contributor.objects.get(pk=pk)


def enrolled(people: People, person: Contributor) -> Contributor:
    EnrolmentFactory.create(pathway=PathwayFactory.create(team=people.team), contributor=person)
    return person


def log(person: Contributor) -> list[tuple[str, object]]:
    return list(person.events.values_list("action", "actor"))


def test_somebody_new_is_flagged_by_the_field_with_an_entry_by_nobody() -> None:
    robot, person = told("sync", is_bot=True), told("Ann", is_bot=False)
    assert (robot.is_bot, person.is_bot) == (True, False)
    assert log(robot) == [("bot", None)]
    assert not log(person)
    assert told("sync", is_bot=True) == robot
    assert len(log(robot)) == 1


def test_whom_a_person_has_unflagged_no_source_flags_again(people: People) -> None:
    robot = enrolled(people, told("sync", is_bot=True))
    contributors.set_bot(robot, actor=people.activator, team=people.team, is_bot=False)
    again = told("another name", is_bot=True, account="sync")
    assert (again.pk, again.is_bot) == (robot.pk, False)
    assert [action for action, _actor in log(robot)] == ["bot", "no bot"]
    assert bot_signs.suggested(people.team, most=9) == []


def test_of_somebody_known_the_field_only_asks(people: People) -> None:
    person = enrolled(people, told("sync", is_bot=False))
    assert told("sync", is_bot=True).is_bot is False
    told("sync", is_bot=True)
    assert log(person) == [("bot told", None)]
    [sign] = bot_signs.suggested(people.team, most=9)
    assert (sign.contributor, sign.signs) == (person, ["told"])


@pytest.mark.parametrize(
    ("identity", "signs"),
    [
        ({"name": "dependabot[bot]"}, ["name"]),
        ({"name": "Sync Bot"}, ["name"]),
        ({"username": "release-bot"}, ["account"]),
        ({"username": "app[bot]"}, ["account"]),
        ({"email": "bot@home.example"}, ["address"]),
        ({"email": "sync-bot@home.example"}, ["address"]),
        ({"email": "49699333+dependabot[bot]@users.noreply.github.com"}, ["address", "automation"]),
        ({"email": "renovate@whitesource.example"}, ["automation"]),
        ({"name": "Botond Abbott", "email": "abbott@home.example", "username": "talbot"}, []),
        ({"email": "ann+pontoon@work.example"}, []),
        ({"email": "travisty@home.example"}, []),
    ],
)
def test_which_patterns_ask(people: People, identity: dict[str, str], signs: list[str]) -> None:
    said = {"name": "Ann", "email": "", **identity}
    person = IdentityFactory.create(source=f"{presence.BY_WORD}:{people.team.pk}", **said).contributor
    enrolled(people, person)
    found = bot_signs.suggested(people.team, most=9)
    assert [each.signs for each in found] == ([signs] if signs else [])
    assert Contributor.objects.get(pk=person.pk).is_bot is False


def test_a_person_decides_in_bulk_and_nobody_is_asked_again(people: People) -> None:
    stream = f"{presence.BY_WORD}:{people.team.pk}"
    rows = [IdentityFactory.create(source=stream, name=f"No {n} bot").contributor for n in range(3)]
    one, two, three = (enrolled(people, person) for person in rows)
    client = people.client("activator")
    assert "a name as bots have" in client.get(LIST).content.decode()
    for data in ({"is_bot": "yes"}, {"person": one.pk}, {"person": 999_999, "is_bot": "yes"}):
        assert client.post(f"{LIST}bots/", data).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(f"{LIST}bots/", {"person": [one.pk, two.pk], "is_bot": "yes"})
    client.post(f"{LIST}bots/", {"person": three.pk, "is_bot": "no"})
    assert list(Contributor.objects.filter(is_bot=True).order_by("pk")) == [one, two]
    assert "Nobody here looks like a bot" in client.get(LIST).content.decode()
    assert log(three) == [("no bot", people.activator.pk)]
    for actor in (people.viewer, people.partner, people.outsider):
        with pytest.raises(PermissionDenied):
            bot_signs.decide([three], actor=actor, team=people.team, is_bot=True)


def test_a_domain_that_looks_like_the_organisations_is_shown_to_an_admin(people: People) -> None:
    stream = f"{presence.BY_WORD}:{people.team.pk}"
    MembershipFactory.create(team=people.team, role="partner", user__email="pat@Firm.example")
    hosts = ["firm.example"] + ["most.example"] * 3 + ["gmail.com"] * 4 + ["rare.example"]
    for number, host in enumerate(hosts):
        enrolled(people, IdentityFactory.create(source=stream, email=f"p{number}@{host}").contributor)
    found = staff.suggested(people.team)
    assert [(each.domain, each.accounts, each.people) for each in found] == [
        ("most.example", 0, 3),
        ("firm.example", 1, 1),
    ]
    assert (
        "affiliationrule/add/?domain=firm.example&amp;kind=staff" in people.client("admin").get(LIST).content.decode()
    )
    assert "Ask an admin for a rule" in people.client("activator").get(LIST).content.decode()
    AffiliationRule.objects.create(domain="firm.example")
    AffiliationRule.objects.create(domain="most.example", kind=Affiliated.VOLUNTEER)
    assert staff.suggested(people.team) == []


def test_who_is_unclassified_is_counted_and_listed(people: People) -> None:
    said, ruled, unsaid = (
        enrolled(people, IdentityFactory.create(contributor__name=name, email=email).contributor)
        for name, email in (("Said One", "a@x.example"), ("Ruled One", "b@firm.example"), ("Unsaid One", "c@x.example"))
    )
    AffiliationRule.objects.create(domain="firm.example")
    contributors.set_affiliation(said, actor=people.activator, team=people.team, kind=Affiliated.VOLUNTEER)
    client = people.client("viewer")
    assert '?affiliation=unclassified">1 person</a>' in client.get("/teams/lantern/contributors/").content.decode()
    page = client.get("/teams/lantern/contributors/?affiliation=unclassified").content.decode()
    assert [name in page for name in (str(said), str(ruled), str(unsaid))] == [False, False, True]
    AffiliationRule.objects.update(until_on="2020-01-01")
    assert '?affiliation=unclassified">2 people</a>' in client.get("/teams/lantern/contributors/").content.decode()


def test_a_domain_rule_that_is_asked_for_is_filled_in(people: People) -> None:
    page = people.client("admin").get("/admin/pathways/affiliationrule/add/?domain=firm.example&kind=volunteer")
    assert 'value="firm.example"' in page.content.decode()
    assert '<option value="volunteer" selected>' in page.content.decode()


def test_nothing_is_said_of_an_erased_person(people: People) -> None:
    person = told("Ann", is_bot=False)
    Identity.objects.filter(contributor=person).update(
        name="", username="", join_key="erased:x", account_key=None, erased_at="2026-01-01T00:00Z"
    )
    Contributor.objects.filter(pk=person.pk).update(erased_at="2026-01-01T00:00Z")
    enrolled(people, person)
    assert bot_signs.suggested(people.team, most=9) == []
    assert not ContributorEvent.objects.exists()
