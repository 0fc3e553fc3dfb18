"""The link by which anybody reads a case study: what it shows, what it never shows, and how it ends."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lifecycle import clock as days
from lifecycle.models import Stage
from metrics.models import Contribution
from pathways.models import Contributor, Iteration
from teams import case_studies, promotion, risks
from teams.case_studies import links, texts
from teams.models import CaseStudyLink, MilestoneEvent, Promotion, Team, User
from teams.refusals import Conflict, Refused
from tests import weeks
from tests.conftest import People
from tests.factories import CheckInFactory, CommunityRoleFactory, MilestoneFactory, PathwayFactory
from tests.teams.scenes import asked, fresh, measured, stages

pytestmark = pytest.mark.django_db
PAGE = "/teams/lantern/case-study/"
SUNDAY = date(2026, 6, 14)


@pytest.fixture
def published(people: People) -> Team:
    """A team with a published case study, on a Wednesday, with a year of weeks."""
    promotion.enter(people.team, actor=None, on=date(2026, 1, 5))
    weeks.week(people.team, SUNDAY - timedelta(weeks=1), active=3, active_converted=3)
    weeks.week(people.team, SUNDAY, active=5, active_converted=2)
    texts.save(people.team, actor=people.activator, seen=0, title="How we grew", sections={"learned": "Answer soon."})
    case_studies.publish(people.team, actor=people.partner, seen=1)
    return people.team


def words_of(link: CaseStudyLink) -> str:
    response = Client().get(f"/shared/{link.key}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("clock")
def test_anybody_reads_the_published_version_with_the_figures_of_its_day(people: People, published: Team) -> None:
    response = people.client("activator").post(f"{PAGE}links/", {"day": "2026-06-10"})
    assert (response.status_code, response["Location"]) == (303, f"{PAGE}#links")
    link = CaseStudyLink.objects.get()
    body = words_of(link)
    assert "Answer soon." in body
    assert re.search(r'<span class="figure">3</span>', body), "the week after the day is not told"
    assert "5 Jan 2026" in body
    files = re.findall(rf'href="(/shared/{link.key}/[^"]+)"', body)
    assert {"stays", "funnel", "waterfall"} <= {each.rpartition("/")[2].partition(".")[0] for each in files}
    for answer in (Client().get(address) for address in (f"/shared/{link.key}/", *files)):
        assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex, nofollow")
        assert answer["Cache-Control"] == "no-store"
    told = Client().get(f"/shared/{link.key}/waterfall.json").json()
    assert (told["as_of"], {row["Step"]: row["People"] for row in told["rows"]}["end"]) == ("2026-06-07", 3)
    assert '<meta name="robots" content="noindex, nofollow">' in body
    assert "/teams/" not in body, "nothing leads into the team's pages"


@pytest.mark.usefixtures("clock")
def test_what_comes_later_changes_nothing(people: People, published: Team) -> None:
    link = links.make(people.team, actor=people.partner, day=days.today())
    before = words_of(link)
    saved = texts.save(people.team, actor=people.activator, seen=1, title="Other", sections={"learned": "Wait."})
    case_studies.publish(people.team, actor=people.partner, seen=saved.seq)
    weeks.week(people.team, SUNDAY + timedelta(weeks=1), active=9, active_converted=4)
    Stage.objects.update(name="Renamed")
    assert _shown(words_of(link)) == _shown(before)


def _shown(body: str) -> str:
    """The page but for the token of its forms."""
    return re.sub(r'"X-CSRFToken": "\w+"', "", unescape(body))


def test_a_key_that_is_unknown_or_has_ended_opens_nothing(people: People, published: Team) -> None:
    link = links.make(people.team, actor=people.activator, day=days.today())
    assert len(link.key) >= 43
    for key in ("%00", "..", "x", "x" * 43, link.key[:-1], f"{link.key}x", link.key.swapcase()):
        assert Client().get(f"/shared/{key}/").status_code == 404
        assert Client().get(f"/shared/{key}/stays.csv").status_code == 404
    address = f"{PAGE}links/{link.pk}/end/"
    assert people.client("partner").post(address).status_code == 303
    assert Client().get(f"/shared/{link.key}/").status_code == 404
    assert Client().get(f"/shared/{link.key}/stays.csv").status_code == 404
    assert people.client("partner").post(address).status_code == 409
    ended = CaseStudyLink.objects.get()
    assert (ended.ended_by, ended.ended_at is not None) == (people.partner, True)


def test_the_database_lets_nothing_of_a_link_change_but_its_end(people: People, published: Team) -> None:
    link = links.make(people.team, actor=people.activator, day=days.today())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        "UPDATE teams_casestudylink SET day = day - 1",
        "UPDATE teams_casestudylink SET key = 'guess'",
        "UPDATE teams_casestudylink SET record = '{}'",
        "DELETE FROM teams_casestudylink",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    links.end(link, actor=people.activator)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CaseStudyLink.objects.update(ended_at=None, ended_by=None)


@pytest.mark.usefixtures("clock")
def test_a_link_is_of_what_is_published_and_of_a_day_on_record(people: People, published: Team) -> None:
    for day in ("2026-01-04", "2026-06-18", "", "soon"):
        assert people.client("partner").post(f"{PAGE}links/", {"day": day}).status_code == 422
    there = case_studies.published(people.team)
    assert there is not None
    case_studies.withdraw(there, actor=people.partner, reason="Old.")
    with pytest.raises(Refused):
        links.make(people.team, actor=people.partner, day=days.today())
    for actor in (people.viewer, people.outsider):
        with pytest.raises(PermissionDenied):
            links.make(people.team, actor=actor, day=days.today())
    assert not CaseStudyLink.objects.exists()


def test_another_teams_link_is_not_ended(people: People, published: Team) -> None:
    link = links.make(people.team, actor=people.activator, day=days.today())
    with pytest.raises(PermissionDenied):
        links.end(link, actor=people.outsider)
    assert people.client("outsider").post(f"/teams/elsewhere/case-study/links/{link.pk}/end/").status_code == 404
    assert links.open_by(link.key) == link


def test_nobody_is_named_on_the_shared_page(people: People) -> None:
    """Names are put wherever the product keeps some, and none of them comes out."""
    name = "Zebulon Quagmire"
    User.objects.update(first_name="Zebulon", last_name="Quagmire")
    first, *_rest = stages()
    team = fresh(people.team)
    promotion.enter(team, actor=people.partner, on=date(2026, 1, 5))
    measured(team, 1)
    milestone = MilestoneFactory.create(stage=team.stage, text="A milestone.", required=False)
    MilestoneEvent.objects.create(
        team=team, milestone=milestone, seq=1, action="done", state="done", actor=people.activator, note=f"By {name}"
    )
    request = asked(team, people.activator)
    promotion.promote(request, actor=people.partner, seen_version=fresh(team).data_version)
    promotion.step_back(fresh(team), actor=people.partner, to_stage=first, reason=f"{name} left.")
    person = Contributor.objects.create(name=name)
    pathway = PathwayFactory.create(team=team, name="Patches", summary=f"Ask {name}.")
    CommunityRoleFactory.create(team=team, contributor=person)
    Iteration.objects.create(
        pathway=pathway, on=days.today(), what=f"{name} wrote it.", why=name, before=name, after=name, by=people.partner
    )
    risks.add(fresh(team), actor=people.partner, text=f"Only {name} knows.", mitigation=f"Ask {name}.")
    CheckInFactory.create(team=team, note=f"Talked with {name}.")
    weeks.week(team, SUNDAY, active=1, active_converted=1)
    texts.save(fresh(team), actor=people.activator, seen=0, title="How we grew", sections={"learned": "Answer soon."})
    case_studies.publish(fresh(team), actor=people.partner, seen=1)
    link = links.make(fresh(team), actor=people.partner, day=days.today())
    body = _shown(words_of(link))
    assert "Promoted from Stage 1 to Stage 2" in body
    assert "Patches" in body
    assert Promotion.objects.filter(record__people__decided_by__isnull=False).exists()
    for part in ("Zebulon", "Quagmire", "@people.example", *User.objects.values_list("username", flat=True)):
        assert not re.search(rf"\b{re.escape(part)}\b(?! decides| has asked)", body), part
        assert part not in str(link.record), part
    assert not Contribution.objects.exists()


def test_ended_links_are_not_listed_and_a_viewer_sees_no_address(people: People, published: Team) -> None:
    link = links.make(people.team, actor=people.activator, day=days.today())
    assert link.key in people.client("activator").get(PAGE).content.decode()
    assert link.key not in people.client("viewer").get(PAGE).content.decode()
    links.end(link, actor=people.activator)
    assert link.key not in people.client("activator").get(PAGE).content.decode()
    with pytest.raises(Conflict):
        links.end(link, actor=people.activator)
