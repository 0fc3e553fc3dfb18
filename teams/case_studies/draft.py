"""A draft of a case study from the team's own record: what stands in the text before anybody has written."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from lifecycle.models import Milestone
from teams import gates
from teams.case_studies.facts import Facts, Stay
from teams.case_studies.lessons import Change, changes_of
from teams.case_studies.texts import INTRODUCTION, LEARNED, NEXT, key_of
from teams.models import MilestoneEvent, Team, TeamRisk
from teams.promotion import next_stage

FINISHED = (MilestoneEvent.State.DONE, MilestoneEvent.State.VERIFIED)


def title_of(team: Team) -> str:
    """The title before there is another."""
    return _("How %(team)s learned to work with volunteers") % {"team": team}


def drafted(team: Team, facts: Facts) -> dict[str, str]:
    """The words of each section, from the record; the team edits them. At most a dozen queries."""
    changes = changes_of(team)
    done = _milestones(team)
    words = {INTRODUCTION: _introduction(team, facts), LEARNED: _learned(team, changes), NEXT: _next(team)}
    for stage in facts.stages:
        spent = [stay for stay in facts.stays if stay.stage == stage]
        words[key_of(stage)] = _stage(spent, [each for each in done if each.stage.slug == stage.slug], changes)
    return words


def _introduction(team: Team, facts: Facts) -> str:
    lines = [team.about]
    if facts.stays:
        names = {"team": team, **_entry(facts.stays[0])}
        lines.append(_("%(team)s entered the lifecycle on %(day)s, in %(stage)s.") % names)
    if len(facts.stays) > 1:
        lines.append(_("Since %(day)s it stands in %(stage)s.") % _entry(facts.stays[-1]))
    if facts.numbers:
        number, as_of = facts.numbers.active, _day(facts.numbers.as_of)
        counts = ngettext("One person is active on %(day)s.", "%(number)d people are active on %(day)s.", number) % {
            "day": as_of,
            "number": number,
        }
        lines.append(counts)
    return " ".join(line for line in lines if line)


def _entry(stay: Stay) -> dict[str, str]:
    return {"day": _day(stay.entered_on), "stage": stay.stage.name}


def _stage(spent: Sequence[Stay], done: Iterable[Milestone], changes: Iterable[Change]) -> str:
    parts = []
    if milestones := [f"- {milestone.text}" for milestone in done]:
        parts.append("\n".join([_("Milestones reached:"), *milestones]))
    here = [change for change in changes if any(_holds(stay, change.on) for stay in spent)]
    if lines := [f"- {_day(change.on)}, {change.where}: {_told(change)}" for change in here]:
        parts.append("\n".join([_("Changes made:"), *lines]))
    return "\n\n".join(parts)


def _holds(stay: Stay, day: date) -> bool:
    return stay.entered_on <= day and (stay.left_on is None or day < stay.left_on)


def _told(change: Change) -> str:
    measured = _(" Before: %(before)s; after: %(after)s.") % vars(change) if change.before and change.after else ""
    return f"{change.what} {change.why}{measured}"


def _learned(team: Team, changes: Iterable[Change]) -> str:
    lessons = [
        f"- {change.what} {change.before} → {change.after}" for change in changes if change.before and change.after
    ]
    risks = TeamRisk.objects.filter(team=team).exclude(mitigation="").order_by("pk")
    parts = [
        (_("What the changes gave:"), lessons),
        (_("What could go wrong, and what we did about it:"), [f"- {risk.text} {risk.mitigation}" for risk in risks]),
    ]
    return "\n\n".join("\n".join([head, *lines]) for head, lines in parts if lines)


def _next(team: Team) -> str:
    stage = next_stage(team.stage)
    head = _("The next stage is %(stage)s.") % {"stage": stage} if stage else _("This is the last stage.")
    lines = [f"- {row.label}: {row.gap or row.lack}" for row in gates.verdict_of(team).blocking]
    return "\n".join([head, *([_("What is missing:"), *lines] if lines else [])])


def _milestones(team: Team) -> list[Milestone]:
    """The milestones that are done, in order."""
    latest = MilestoneEvent.objects.filter(team=team).order_by("milestone_id", "-seq").distinct("milestone_id")
    done = [event.milestone for event in latest.select_related("milestone__stage") if event.state in FINISHED]
    return sorted(done, key=lambda milestone: (milestone.stage.order, milestone.order))


def _day(day: date) -> str:
    return in_words(day)
