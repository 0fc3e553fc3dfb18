"""Alerts: what a comparison found is kept with both values, until a person looks and a later one finds it gone."""

from collections.abc import Sequence

from django.db.models import Q
from django.db.models.functions import Now

from lifecycle import jobs
from metrics import recount
from metrics.models import Drift
from metrics.reconcile import FIRST, Difference
from teams.models import Team, User


def keep(team_id: int, found: Sequence[Difference], *, run_id: int | None = None) -> None:
    """Write down what a comparison of a team found. The caller holds the team's row lock.

    What stands as it stood stays one alert, acknowledged or not; with other values it is a new one. What is no longer
    found is gone, unless so much was found that it may only not have been told.
    """
    standing = {(row.what, row.key): row for row in Drift.objects.standing().filter(team_id=team_id)}
    same, new = [], []
    for each in found:
        row = standing.get((each.what, each.key))
        if row and (row.stored, row.derived) == (each.stored, each.derived):
            same.append(row.pk)
        else:
            new.append(each)
    told = {(each.what, each.key) for each in new}
    whole = [what for what in Drift.What if sum(each.what == what for each in found) < FIRST]
    replaced = [row.pk for (what, key), row in standing.items() if (what, key) in told]
    gone = Q(pk__in=replaced) | (Q(what__in=whole) & ~Q(pk__in=same))
    Drift.objects.standing().filter(gone, team_id=team_id).update(gone_at=Now())
    Drift.objects.filter(pk__in=same).update(seen_at=Now())
    Drift.objects.bulk_create(
        Drift(team_id=team_id, what=each.what, key=each.key, stored=each.stored, derived=each.derived, job=run_id)
        for each in new
    )


def acknowledge(drift: Drift, *, by: User) -> bool:
    """A person has seen it; False if somebody was first. It mends nothing."""
    alarming = Drift.objects.alarming().filter(pk=drift.pk)
    return bool(alarming.update(acknowledged_by=by, acknowledged_at=Now()))


def ask_rebuild(team: Team) -> int:
    """A person wants all of a team's numbers derived anew; the job's id. It compares again when it is done."""
    return jobs.ask("rebuild", str(team.pk))


def rebuild(team_id: int, *, run_id: int | None = None) -> None:
    """Derive all numbers of a team anew, and ask whether the differences are gone."""
    recount.recount(team_id, run_id=run_id, rebuild=True)
    jobs.ask("compare", str(team_id))
