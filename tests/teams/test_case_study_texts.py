"""What a team writes of its case study: drafted from its record, saved version by version, published, withdrawn."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Stage
from metrics.evidence import Evidence
from metrics.measures import MEASURES
from pathways.models import Iteration
from teams import case_studies, milestones
from teams.case_studies import links, texts
from teams.case_studies.blocks import blocks
from teams.models import CaseStudy, CaseStudyText, MilestoneEvent, Team
from teams.promotion import enter
from teams.refusals import Conflict, Refused
from tests.conftest import People
from tests.factories import (
    CaseStudyFactory,
    CaseStudyTextFactory,
    EnrolmentFactory,
    MilestoneFactory,
    PathwayFactory,
    TeamRiskFactory,
)
from tests.teams.scenes import fresh

pytestmark = pytest.mark.django_db
PAGE = "/teams/lantern/case-study/"
WORDS = {"introduction": "We began.", "stage-stage-1": "We asked around.", "learned": "Answer soon.", "next": "Grow."}


def typed(**values: object) -> dict[str, Any]:
    return {"title": "How we learned", "seen": 0} | WORDS | values


def saved(people: People, *, seen: int = 0, title: str = "How we learned", **words: str) -> CaseStudyText:
    return texts.save(people.team, actor=people.activator, seen=seen, title=title, sections=WORDS | words)


def test_the_draft_is_made_of_the_record(people: People) -> None:
    enter(people.team, actor=None, on=date(2026, 1, 5))
    Team.objects.filter(pk=people.team.pk).update(about="The viewer.")
    milestone = MilestoneFactory.create(stage=people.team.stage, text="Name an activator.", needs_verification=False)
    milestones.record(
        people.team, milestone=milestone, actor=people.activator, action=MilestoneEvent.Action.DONE, seen=0
    )
    MilestoneFactory.create(stage=people.team.stage, text="Never done.")
    told = {"what": "One command.", "why": "People left.", "before": "12 of 25", "after": "21 of 26"}
    pathway = PathwayFactory.create(team=people.team, name="Patches")
    Iteration.objects.create(pathway=pathway, on=date(2026, 2, 3), by=people.activator, **told)
    TeamRiskFactory.create(team=people.team, text="One person does it all.", mitigation="A rota.")
    fields = people.client("activator").get(f"{PAGE}text/").context["form"].initial
    assert fields["introduction"].startswith("The viewer. Lantern entered the lifecycle on 5 Jan 2026, in Stage 1.")
    assert "- Name an activator." in fields["stage-stage-1"]
    assert "Never done." not in fields["stage-stage-1"]
    assert (
        "- 3 Feb 2026, Patches: One command. People left. Before: 12 of 25; after: 21 of 26." in fields["stage-stage-1"]
    )
    assert "- One command. 12 of 25 → 21 of 26" in fields["learned"]
    assert "- One person does it all. A rota." in fields["learned"]
    assert fields["seen"] == 0
    body = people.client("viewer").get(PAGE).content.decode()
    assert "Nobody has written on it yet" in body
    assert "<li>Name an activator.</li>" in body


def test_each_save_is_a_version_with_its_author(people: People) -> None:
    client = people.client("activator")
    assert client.post(f"{PAGE}text/", typed()).status_code == 303
    assert people.client("partner").post(f"{PAGE}text/", typed(seen=1, next="Rest.")).status_code == 303
    told = [(each.seq, each.by, each.sections["next"]) for each in texts.versions(people.team)]
    assert told == [(2, people.partner, "Rest."), (1, people.activator, "Grow.")]
    assert "Rest." in client.get(PAGE).content.decode()
    older = client.get(f"{PAGE}?version=1").content.decode()
    assert "Grow." in older
    assert "Rest." not in older
    assert client.get(f"{PAGE}?version=3").status_code == 404
    for odd in ("²", "9" * 5000, "-1", "x"):
        assert client.get(f"{PAGE}?version={odd}").status_code == 200


def test_two_at_once_conflict_and_both_texts_are_kept(people: People) -> None:
    saved(people, learned="Their words.", next="Grow.\nAnd rest.")
    sent = typed(learned="My words.", next="Grow.\r\nAnd rest.")  # as a browser writes a new line
    response = people.client("partner").post(f"{PAGE}text/", sent)
    body = response.content.decode()
    assert response.status_code == 409
    assert "My words.</textarea>" in body
    assert '<blockquote class="preline">Their words.</blockquote>' in body
    assert body.count("</blockquote>") == 1, "where both say the same, nothing stands twice"
    assert '<input type="hidden" name="seen" value="1"' in body
    assert people.client("partner").post(f"{PAGE}text/", typed(seen=1, learned="Both.")).status_code == 303
    assert [each.sections["learned"] for each in texts.versions(people.team)] == ["Both.", "Their words."]


def test_the_same_click_twice_is_one_version(people: People) -> None:
    assert saved(people) == saved(people)
    assert saved(people, seen=1).seq == 1, "nothing has changed"
    with pytest.raises(Conflict):
        texts.save(people.team, actor=people.partner, seen=0, title="Mine", sections=WORDS)


@pytest.mark.parametrize("wrong", [{"title": " "}, {"title": "x" * 201}, {"learned": "x" * 20_001}, {"seen": "-1"}])
def test_what_makes_no_sense_comes_back_as_it_was_typed(people: People, wrong: dict[str, str]) -> None:
    response = people.client("activator").post(f"{PAGE}text/", typed(**{"next": "Kept words."} | wrong))
    assert response.status_code == 422
    assert "Kept words." in response.content.decode()
    assert not CaseStudyText.objects.exists()


def test_versions_are_neither_changed_nor_deleted(people: People) -> None:
    saved(people)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        "UPDATE teams_casestudytext SET title = 'Other'",
        "DELETE FROM teams_casestudytext",
        "TRUNCATE teams_casestudytext CASCADE",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseStudyTextFactory.create(team=people.team, seq=1)


def test_only_those_who_work_with_the_team_write_and_publish(people: People) -> None:
    for actor in (people.viewer, people.outsider):
        with pytest.raises(PermissionDenied):
            texts.save(people.team, actor=actor, seen=0, title="Ours", sections={})
        with pytest.raises(PermissionDenied):
            case_studies.publish(people.team, actor=actor, seen=1)
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.RETIRED)
    with pytest.raises(PermissionDenied):
        texts.save(fresh(people.team), actor=people.activator, seen=0, title="Ours", sections={})


def counted(team: Team) -> int | None:
    """The measure, as a recount would tell it."""
    value = MEASURES[Measure.CASE_STUDIES_PUBLISHED](Evidence(Team.objects.get(pk=team.pk)), 0).value
    return None if value is None else int(value)


def test_a_published_version_counts_once_and_a_newer_one_takes_its_place(people: People) -> None:
    client = people.client("partner")
    with pytest.raises(Refused):
        case_studies.publish(people.team, actor=people.partner, seen=1)
    saved(people)
    assert counted(people.team) == 0, "a draft does not count"
    assert client.post(f"{PAGE}publications/", {"seen": 1}).status_code == 303
    assert counted(people.team) == 1
    assert client.post(f"{PAGE}publications/", {"seen": 1}).status_code == 409, "it is published already"
    saved(people, seen=1, next="Rest.")
    assert client.post(f"{PAGE}publications/", {"seen": 1}).status_code == 409, "not what is on the screen"
    assert client.post(f"{PAGE}publications/", {"seen": 2}).status_code == 303
    assert counted(people.team) == 1
    assert [each.text.seq for each in case_studies.of_team(people.team) if each.text] == [2]
    Stage.objects.update(is_last=True)
    assert f'<a href="{PAGE}?version=2">How we learned</a>' in client.get("/teams/lantern/").content.decode()


def test_withdrawn_with_a_reason_it_no_longer_counts_and_its_links_end(people: People) -> None:
    saved(people)
    made = case_studies.publish(people.team, actor=people.partner, seen=1)
    link = links.make(people.team, actor=people.partner, day=clock.today())
    address = f"/teams/lantern/case-studies/{made.pk}/withdrawal/"
    assert people.client("activator").post(address, {"reason": " "}).status_code == 422
    assert counted(people.team) == 1
    assert people.client("activator").post(address, {"reason": "Numbers were wrong."}).status_code == 303
    assert counted(people.team) == 0
    assert links.open_by(link.key) is None
    assert "Numbers were wrong." in people.client("viewer").get(PAGE).content.decode()
    assert case_studies.publish(people.team, actor=people.partner, seen=1).pk != made.pk, "it may come back"


def test_a_text_that_names_people_is_published_once_they_have_agreed(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    EnrolmentFactory.create(pathway=pathway, contributor__name="Zebulon Quagmire")
    EnrolmentFactory.create(pathway=pathway, contributor__name="Ann")
    EnrolmentFactory.create(contributor__name="Somebody Elsewhere")
    saved(people, learned="ZEBULON\nquagmire's review, an annual one; somebody elsewhere. Thanks, Partner Muster!")
    response = people.client("activator").post(f"{PAGE}publications/", {"seen": 1})
    body = response.content.decode()
    assert response.status_code == 422
    assert "The text names Partner Muster, Zebulon Quagmire. Write their roles instead" in body
    assert not CaseStudy.objects.exists()
    assert people.client("activator").post(f"{PAGE}publications/", {"seen": 1, "agreed": "on"}).status_code == 303
    saved(people, seen=1, learned="Zebulons and quagmires: nobody is named.")
    assert people.client("activator").post(f"{PAGE}publications/", {"seen": 2}).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [{"url": "https://studies.example/1"}, {"text": None}, {"withdrawn_because": "Why?"}, {"withdrawn_on": None}],
)
def test_the_database_keeps_the_rules_of_publishing(people: People, wrong: dict[str, Any]) -> None:
    text = CaseStudyTextFactory.create(team=people.team)
    CaseStudyFactory.create(team=people.team, url="", text=text, withdrawn_on=clock.today() + timedelta(days=1))
    CaseStudyFactory.create(team=people.team, url="", text=text)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseStudyFactory.create(**{"team": people.team, "url": "", "text": text} | wrong)


def test_a_case_study_is_made_of_its_own_teams_words(people: People) -> None:
    CaseStudyFactory.create(team=people.team, url="", text=CaseStudyTextFactory.create())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    CaseStudy.objects.all().delete()  # or the end of the test would find it


@given(st.text(alphabet="ab -\n\r\t<&", max_size=60))
def test_blocks_lose_nothing_but_dashes_and_empty_lines(words: str) -> None:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    told = [("- " if block.is_list else "") + line for block in blocks(words) for line in block.lines]
    assert [line.split() for line in told] == [line.split() for line in lines]
    assert all(block.lines for block in blocks(words))


def test_the_page_asks_little_however_long_the_record_is(people: People) -> None:
    enter(people.team, actor=None, on=date(2026, 1, 5))
    saved(people)
    client = people.client("partner")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGE)
        return len(captured)

    few = queries()
    pathway = PathwayFactory.create(team=people.team)
    for number in range(1, 6):
        saved(people, seen=number, next=f"{number}")
        case_studies.publish(people.team, actor=people.partner, seen=number + 1)
        links.make(people.team, actor=people.partner, day=clock.today())
        CaseStudyFactory.create(team=people.team)
        Iteration.objects.create(pathway=pathway, on=clock.today(), what="What", why="Why", by=people.partner)
    assert queries() == few <= 25
