"""A case study as it is read: the words of a version beside the facts of a day, and what the team does with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lifecycle import clock
from teams.case_studies import links, texts
from teams.case_studies.blocks import Block, blocks
from teams.case_studies.draft import drafted, title_of
from teams.case_studies.facts import Facts, read, told
from teams.case_studies.texts import INTRODUCTION, LEARNED, NEXT, Section
from teams.models import CaseStudy, CaseStudyLink, CaseStudyText, Team


@dataclass(frozen=True)
class Part(Section):
    """A section with its words."""

    words: str = ""

    @property
    def blocks(self) -> list[Block]:
        """The words in paragraphs and lists."""
        return blocks(self.words)


@dataclass(frozen=True)
class Study:
    """What is read: the title, the facts, and the words, those without any left out."""

    title: str
    facts: Facts
    introduction: Sequence[Part]
    stages: Sequence[Part]
    lessons: Sequence[Part]


@dataclass(frozen=True)
class Workspace:
    """A team's case study with all that is done with it. `text` is the version shown, None while it is a draft."""

    study: Study
    text: CaseStudyText | None
    versions: Sequence[CaseStudyText]
    published: CaseStudy | None
    elsewhere: Sequence[CaseStudy]
    withdrawn: Sequence[CaseStudy]
    links: Sequence[CaseStudyLink]

    @property
    def latest(self) -> CaseStudyText | None:
        """The version that would be published."""
        return self.versions[0] if self.versions else None

    @property
    def is_published(self) -> bool:
        """Whether the version shown is the one that is published."""
        return self.published is not None and self.text is not None and self.published.text_id == self.text.pk


def workspace_of(team: Team, seq: int | None = None) -> Workspace | None:
    """The latest version, or that of a number, or a draft from the record; None if there is no such version."""
    versions = texts.versions(team)
    text = next((each for each in versions if seq in {None, each.seq}), None)
    if seq is not None and text is None:
        return None
    facts = read(told(team, clock.today()), team)
    listed = list(CaseStudy.objects.filter(team=team).select_related("text", "published_by"))
    running = [each for each in listed if each.withdrawn_on is None]
    return Workspace(
        study=_study(text.title, text.sections, facts) if text else _study(title_of(team), drafted(team, facts), facts),
        text=text,
        versions=versions,
        published=next((each for each in running if each.text_id), None),
        elsewhere=[each for each in running if not each.text_id],
        withdrawn=[each for each in listed if each.withdrawn_because],
        links=links.of_team(team),
    )


def shared_by(link: CaseStudyLink) -> Study:
    """What a link shows: the version that was published when it was made, and the facts that it froze."""
    there = link.case_study
    facts = read(link.record, there.team, shared=link.key)
    return _study(there.title, there.text.sections if there.text else {}, facts)


def written(team: Team) -> tuple[CaseStudyText | None, list[Part]]:
    """The latest version and its sections, to be edited; before the first one, the draft."""
    facts = read(told(team, clock.today()), team)
    text = texts.latest(team)
    words = text.sections if text else drafted(team, facts)
    return text, parts_of(facts, words)


def parts_of(facts: Facts, words: dict[str, Any]) -> list[Part]:
    """Every section with its words, empty ones too."""
    return [Part(each.key, each.label, each.order, words.get(each.key, "")) for each in texts.sections(facts.stages)]


def _study(title: str, words: dict[str, Any], facts: Facts) -> Study:
    parts = [part for part in parts_of(facts, words) if part.words]
    return Study(
        title=title,
        facts=facts,
        introduction=[part for part in parts if part.key == INTRODUCTION],
        stages=[part for part in parts if part.order],
        lessons=[part for part in parts if part.key in {LEARNED, NEXT}],
    )
