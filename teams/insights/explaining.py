"""Explains the numbers of the insights, each read as the number itself is: stays, conditions, the jump."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from lifecycle.models import Stage
from teams.gates import Standing
from teams.insights.explained import Explained, Line, named, some, teams
from teams.insights.holding import held, holding
from teams.insights.jump import Jump, jump_of
from teams.insights.scope import Scope
from teams.insights.stays import each_stay, stays
from teams.left_out import LeftOut
from teams.models import Team


def _stage(query: QueryDict) -> Stage:
    slug = query.get("stage", "")
    if "\0" in slug:  # the database takes no such text
        raise Http404
    return get_object_or_404(Stage, slug=slug, retired=False)


def _half(days: float) -> str:
    return ngettext("Half within %(n)d day", "Half within %(n)d days", round(days)) % {"n": round(days)}


def _stays(scope: Scope, query: QueryDict) -> Explained:
    """The days of the stays in a stage, of those that are over or (`show=running`) of those that still run."""
    stage, is_over = _stage(query), query.get("show") != "running"
    row = stays(scope.counted, [stage])[0]
    told = row.over if is_over else row.running
    found, others = (each_stay(scope.counted, stage, is_over=which) for which in (is_over, not is_over))
    readable = named(scope, [each.team_id for each in (*found, *others)])
    words = {"stage": stage}
    return Explained(
        title=(_("Stays in %(stage)s that are over") if is_over else _("Stays in %(stage)s that still run")) % words,
        words=_half(told.median) if told else _("No stay yet"),
        formula=_(
            "The days from the entry into the stage to the next decision that moves the team, or to today while the "
            "stay runs, without the days of a pause. A team that came back has a stay for each time. Half of the stays "
            "took no longer than the number “half within”; where it falls between two stays, it lies on the straight "
            "line between them. The quarters are read alike."
        ),
        facts=[
            (_("Stays"), number_format(told.stays)),
            (_("A quarter within, days"), number_format(round(told.lower))),
            (_("Half within, days"), number_format(round(told.median))),
            (_("Three quarters within, days"), number_format(round(told.upper))),
        ]
        if told
        else [],
        heads=[_("Team"), _("Entered"), _("Left"), _("Days"), _("Days paused")],
        lines=[
            Line(
                str(readable[each.team_id]),
                reverse("teams:history", args=[readable[each.team_id].slug]),
                (each.entered_on, each.left_on, each.days, each.paused),
            )
            for each in found
            if each.team_id in readable
        ],
        unread=sum(each.team_id not in readable for each in found),
        left_out=some(
            LeftOut(
                _("Stays that still run: told apart") if is_over else _("Stays that are over: told apart"),
                [str(readable[each.team_id]) for each in others if each.team_id in readable],
                sum(each.team_id not in readable for each in others),
            ),
            teams(_("Retired: the last stay neither ended nor runs"), scope, _retired_in(stage)),
        ),
    )


def _retired_in(stage: Stage) -> Mapping[str, object]:
    return {"stage": stage, "state": Team.State.RETIRED}


def _conditions(scope: Scope, query: QueryDict) -> Explained:
    """The teams of a stage that one of its conditions holds back."""
    stage, key = _stage(query), query.get("condition", "")
    row = next((each for each in holding(scope.counted, [stage]) if each.key == key), None)
    if row is None:
        raise Http404
    found = held(scope.counted, stage, key)
    readable = named(scope, [each.team_id for each in found])
    free = scope.counted.filter(stage=stage).exclude(state=Team.State.RETIRED)
    return Explained(
        title=row.label,
        words=_("%(n)d of %(of)d teams") % {"n": row.teams, "of": row.of},
        formula=_(
            "The teams in %(stage)s of whose gate this required condition is neither met nor waived. It cannot be "
            "decided where a number that it asks for is missing or too old."
        )
        % {"stage": stage},
        facts=[
            (_("Teams"), number_format(row.teams)),
            (_("Cannot be decided"), number_format(row.unknown)),
            (_("Teams in the stage"), number_format(row.of)),
        ],
        heads=[_("Team"), _("State"), _("What is missing")],
        lines=[
            Line(str(team), f"{team.get_absolute_url()}#gate", (str(Standing(each.state).label), each.words))
            for each in found
            if (team := readable.get(each.team_id))
        ],
        unread=len(found) - len(readable),
        left_out=some(
            teams(_("Met or waived"), scope, {"pk__in": free.exclude(pk__in=[each.team_id for each in found])}),
            teams(_("Retired"), scope, _retired_in(stage)),
        ),
        more=(_("Show them in the portfolio"), f"{reverse('teams:portfolio')}?{urlencode(_asked(stage, key))}"),
    )


def _asked(stage: Stage, key: str) -> dict[str, str]:
    return {"stage": stage.slug, "lacks": key}


def _jump(scope: Scope, query: QueryDict) -> Explained:
    """The proposed threshold of the contribution jump."""
    told = jump_of(scope.named)
    proposal = told.proposal
    wanted = {"n": proposal.n, "wanted": told.wanted}
    times = _("%(number)s times")
    silent = {reason: [each.team for each in told.silent if each.reason == reason] for reason in _reasons(told)}
    hidden = len(proposal.silent) - len(told.silent)
    return Explained(
        title=_("Proposed contribution jump"),
        words=_("Undefined, %(n)d of %(wanted)d teams") % wanted
        if proposal.threshold is None
        else times % {"number": number_format(proposal.threshold)},
        formula=_(
            "The lower quartile of the growth that teams showed in their last 26 weeks of Scaling: active contributors "
            "on the day of leaving, divided by those 26 weeks before. Between two teams it lies on the straight line. "
            "Nothing is proposed from fewer than %(wanted)d teams."
        )
        % wanted,
        facts=[
            *((label, times % {"number": number_format(value)}) for label, value in told.spread),
            (_("In force"), _in_force(told)),
        ],
        heads=[_("Team"), _("From"), _("To"), _("Active then"), _("Active at the end"), _("Growth")],
        lines=[
            Line(
                each.team,
                reverse("metrics:number", args=[each.slug, "contribution_jump"]),
                (each.since, each.until, each.before, each.after, each.growth),
            )
            for each in told.teams
        ],
        unread=proposal.n - len(told.teams),
        left_out=some(
            *(LeftOut(reason, names) for reason, names in silent.items()),
            LeftOut(_("Left Scaling and can tell no growth"), [], hidden),
        ),
    )


def _reasons(told: Jump) -> list[str]:
    return sorted({each.reason for each in told.silent})


def _in_force(told: Jump) -> str:
    if told.in_force is None:
        return _("nothing yet")
    adopted = told.in_force
    words = {"number": adopted.threshold, "who": adopted.by, "day": in_words(adopted.at)}
    return _("%(number)s times, adopted by %(who)s on %(day)s") % words


#: The numbers that are explained, by the word in their address.
TOLD: Final[dict[str, Callable[[Scope, QueryDict], Explained]]] = {
    "stays": _stays,
    "conditions": _conditions,
    "contribution-jump": _jump,
}
