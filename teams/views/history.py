"""A team's stays and decisions."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lifecycle.measures import Strength
from teams import promotion, seals
from teams.access import seen_by, team_for
from teams.dashboard.band import band_of, ways_of
from teams.milestones import State
from teams.models import Promotion
from teams.runs import run_of
from teams.views.page import reader


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every stay and every decision, newest first, with a flag where today's numbers no longer carry it."""
    team = team_for(request, slug)
    rows = Promotion.objects.filter(team=team).select_related("from_stage", "to_stage", "requested_by", "decided_by")
    decisions = list(rows)
    (way,) = ways_of([team])
    context = {
        "team": team,
        "access": seen_by(reader(request), team),
        "stays": list(reversed(way.stays)),
        "band": band_of([way]),
        "periods": list(reversed(way.periods)),
        "decisions": list(reversed(decisions)),
        "run": run_of([team]),
        "flags": {flagged.pk for flagged, _lost in promotion.flags(team)},
    }
    return render(request, "teams/history.html", context)


@require_safe
def decision(request: HttpRequest, slug: str, seq: int) -> HttpResponse:
    """One decision as it was seen, and where today's numbers differ."""
    team = team_for(request, slug)
    rows = Promotion.objects.select_related("from_stage", "to_stage", "requested_by", "decided_by", "request")
    found = get_object_or_404(rows, team=team, seq=seq)
    record = _worded(promotion.readable(found))
    context = {
        "team": team,
        "access": seen_by(reader(request), team),
        "decision": found,
        "record": record,
        "has_words": any(_has_words(row) for row in record["conditions"]),
        "frozen_run": max((row.get("job") or 0 for row in record["conditions"]), default=0),
        "differences": promotion.differs(found),
        "seal": bytes(found.seal).hex(),
        "is_broken": any(each.seq == seq and each.fault in seals.REWRITTEN for each in seals.broken([team])),
        "run": run_of([team]),
    }
    return render(request, "teams/decision.html", context)


def _has_words(row: dict[str, Any]) -> bool:
    """A waiver or a confirmation stands beside the condition."""
    waived = (each["waiver"] for each in row.get("milestones", []))
    return any((row.get("waiver"), row.get("confirmation"), *waived))


def _worded(record: dict[str, Any]) -> dict[str, Any]:
    """The record with its days as dates and its states in words, for the page to write them out."""
    for row in record["conditions"]:
        row["strength_label"] = Strength(row["strength"]).label
        for each in row.get("milestones", []):
            each["state"] = State(each["state"])
            for event in filter(None, (each.get("done"), each.get("verified"))):
                event["day"] = datetime.fromisoformat(event["at"]).date()
        row["as_of"] = row["as_of"] and date.fromisoformat(row["as_of"])
        for waiver in (row.get("waiver"), *(each["waiver"] for each in row.get("milestones", []))):
            if waiver:
                waiver["expires_on"] = date.fromisoformat(waiver["expires_on"])
    return record
