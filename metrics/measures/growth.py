"""Growth since a stage was entered: both numbers counted today, with the same people, rules and sources."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from lifecycle.measures import Measure
from metrics.evidence import Evidence, alike, team_ids, together
from metrics.figure import Figure, Json, nothing, quotient
from metrics.measures.contributions import of_people
from metrics.measures.course import course
from metrics.measures.entries import active_on, begun_before, entered_on, half_year, held_since
from metrics.populations import VOLUNTEERS
from teams.models import Measurement

#: Growth must hold on so many Sundays in a row.
WEEKLY_POINTS = 4


def sundays(first: date, last: date) -> list[date]:
    """The last four Sundays up to a day, none before the first."""
    latest = last - timedelta(days=last.isoweekday() % 7)
    found = [latest - timedelta(weeks=number) for number in reversed(range(WEEKLY_POINTS))]
    return [sunday for sunday in found if sunday >= first]


def active_since(evidence: Evidence, measure: Measure, population: int = VOLUNTEERS) -> list[int]:
    """Who is active on the as-of day by the sources that began before the entry: the people of `now`."""
    entry = entered_on(evidence, measure)
    return active_on(evidence, evidence.as_of, entry, population) if entry and begun_before(evidence, entry) else []


def grown(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """The people of the growth since Scaling was entered."""
    return active_since(evidence, Measure.ACTIVE_GROWTH, population)


def jumped(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """The people of the jump since Sustaining was entered."""
    return active_since(evidence, Measure.CONTRIBUTION_JUMP, population)


def _growth(evidence: Evidence, measure: Measure, **detail: object) -> Figure:
    entry = entered_on(evidence, measure)
    if entry is None:
        return nothing(_("The team has not entered the stage that asks for it."), evidence.as_of, **detail)
    if reason := evidence.missing_data:
        return nothing(reason, evidence.as_of, **detail)
    if evidence.as_of < entry:
        return nothing(_("The data does not reach the day on which the stage was entered."), evidence.as_of, **detail)
    sources = begun_before(evidence, entry)
    if not sources:
        return nothing(_("No source has data from before the stage was entered."), evidence.as_of, **detail)
    weeks = sundays(entry, evidence.as_of)
    people = active_since(evidence, measure)
    baseline, *weekly = (len(active_on(evidence, day, entry)) for day in [entry, *weeks])
    now = len(people)
    detail |= {
        "baseline": baseline,
        "now": now,
        "entered_on": entry.isoformat(),
        "sources": [source.name for source in sources],
        "sources_begun_later": [source.name for source in evidence.sources if source not in sources],
        "course": course(held_since(evidence, entry), entry, evidence.as_of),
    }
    if not baseline:
        return nothing(
            _("Nobody was active when the stage was entered: there is no baseline."), evidence.as_of, **detail
        )
    points: list[Json] = [
        {"week": sunday.isoformat(), "active": number, "value": str(quotient(number, baseline))}
        for sunday, number in zip(weeks, weekly, strict=True)
    ]
    figure = of_people(evidence, quotient(now, baseline), people, **detail)
    return Figure(figure.value, figure.as_of, valid_until=figure.valid_until, points=points, detail=figure.detail)


def active_growth(evidence: Evidence, window: int) -> Figure:
    """Active contributors now, by those on the day the team entered the stage that asks for growth (Scaling)."""
    return _growth(evidence, Measure.ACTIVE_GROWTH)


def shown(evidence: Evidence) -> Json:
    """The growth that the team showed in its last half year of the growing stage (Scaling), counted today.

    `{"shown": {...}}`, or `{"not_shown": reason}` once it has left that stage; nothing before. Like for like, as
    everything here: one set of people, rules and sources for both days.
    """
    half = half_year(evidence)
    if half is None:
        return {}
    if not half.whole:
        return {"not_shown": _("It stood in the stage for less than 26 weeks.")}
    if reason := evidence.missing_data:
        return {"not_shown": reason}
    since, until = half.since, half.until
    if evidence.as_of < until:
        return {"not_shown": _("The data does not reach the day on which the stage was left.")}
    is_told = bool(begun_before(evidence, since))
    before, after = (len(active_on(evidence, day, since)) if is_told else 0 for day in (since, until))
    if not before:
        return {"not_shown": _("By the sources that had data then, nobody was active: there is no baseline.")}
    told = {"growth": str(quotient(after, before)), "before": before, "after": after}
    return {"shown": {**told, "since": since.isoformat(), "until": until.isoformat()}}


@together
def _showing(batch: Sequence[Evidence]) -> dict[int, set[int]]:
    """Ids of the teams that have shown a growth, the same for all: those counted now as they are counted.

    It reads every team's row, so only those ask whose gate tells it.
    """
    told = Measurement.objects.filter(measure=Measure.CONTRIBUTION_JUMP, window_days=0, detail__has_key="shown")
    found = set(told.exclude(team__in=team_ids(batch)).values_list("team_id", flat=True))
    found |= {evidence.team.pk for evidence in batch if "shown" in shown(evidence)}
    return alike(batch, found)


def contribution_jump(evidence: Evidence, window: int) -> Figure:
    """The same since the stage that asks for the jump (Sustaining). No weekly points: it stands on its day.

    Its detail carries what a threshold is proposed from: `shown`, the growth of the team's own last half year of
    Scaling, and `teams`, how many teams have shown one. `teams.thresholds` reads them.
    """
    own, jump = shown(evidence), Measure.CONTRIBUTION_JUMP
    detail = {"teams": len(_showing(evidence))} if entered_on(evidence, jump) else {}
    figure = _growth(evidence, jump, **detail, **own)
    return Figure(figure.value, figure.as_of, figure.reason, figure.valid_until, detail=figure.detail)
