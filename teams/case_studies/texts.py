"""What a team writes of its case study here, version by version: the one writer of `CaseStudyText`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from teams.case_studies import may_write
from teams.case_studies.facts import StageName
from teams.models import CaseStudyText, Team, User
from teams.refusals import Conflict, Refused

INTRODUCTION: Final = "introduction"
LEARNED: Final = "learned"
NEXT: Final = "next"


@dataclass(frozen=True)
class Section:
    """A part of the text, by its key; one for each stage among them, which `order` numbers (0: none)."""

    key: str
    label: str
    order: int = 0


def sections(stages: Sequence[StageName]) -> list[Section]:
    """The parts of a text, in order; `stages` are those that the team has been in."""
    return [
        Section(INTRODUCTION, _("Introduction")),
        *(
            Section(key_of(stage), _("What we did in %(stage)s") % {"stage": stage.name}, stage.order)
            for stage in stages
        ),
        Section(LEARNED, _("What we learned")),
        Section(NEXT, _("What comes next")),
    ]


def key_of(stage: StageName) -> str:
    """The key of a stage's part: its address is for ever, its name and number are not."""
    return f"stage-{stage.slug}"


def versions(team: Team) -> list[CaseStudyText]:
    """Every version, the latest first. One query."""
    return list(CaseStudyText.objects.filter(team=team).select_related("by"))


def latest(team: Team) -> CaseStudyText | None:
    """The version on which the next one is written."""
    return CaseStudyText.objects.filter(team=team).select_related("by").first()


def save(team: Team, *, actor: User, seen: int, title: str, sections: Mapping[str, str]) -> CaseStudyText:
    """Adds a version; `seen` is the `seq` of the one on the person's screen, 0 if there was none.

    The same click twice gives the same version. Raises PermissionDenied, Refused, or Conflict with the latest version
    if somebody else has saved meanwhile: both texts are kept, theirs here and this one on the person's screen.
    """
    may_write(team, actor)
    text = CaseStudyText(
        team=team,
        seq=seen + 1,
        title=title.strip(),
        sections={key: words.strip() for key, words in sections.items()},
        by=actor,
    )
    if not text.title:
        raise Refused(_("Give the case study its title."))
    there = latest(team)
    if (there.seq if there else 0) == seen:
        if there and _says_the_same(there, text):
            return there
        try:
            with transaction.atomic():
                text.save(force_insert=True)
        except IntegrityError:  # somebody took this number between our read and our write
            there = latest(team)
        else:
            return text
    if there and there.seq == text.seq and there.by_id == actor.pk and _says_the_same(there, text):
        return there
    raise Conflict(_("Somebody saved another version while you wrote. Nothing of either is lost."), there)


def _says_the_same(one: CaseStudyText, other: CaseStudyText) -> bool:
    return (one.title, one.sections) == (other.title, other.sections)
