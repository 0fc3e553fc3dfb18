"""Weekly rows for tests of what is shown of them: flows that nobody names follow from the week before."""

from datetime import date, timedelta

from teams.models import Population, Team, WeeklyCount

LEVELS = ("casual", "active", "core")


def week(team: Team, ends: date, *, pathway_id: int = 0, active: int = 0, **told: int) -> WeeklyCount:
    """A row of volunteers. The table refuses rows that do not add up, so weeks are made from the first to the last."""
    key = {"team": team, "pathway_id": pathway_id, "population": Population.VOLUNTEERS}
    before = WeeklyCount.objects.filter(**key, week=ends - timedelta(weeks=1)).first()
    row = {"new": 0, "casual": active, "active": active, "core": 0, **told}
    for level in LEVELS:
        change = row[level] - (getattr(before, level) if before else 0)
        flows = {f"{level}_converted": max(change, 0), f"{level}_returned": 0, f"{level}_lapsed": max(-change, 0)}
        if not flows.keys() & told.keys():
            row |= flows
        else:
            row |= {name: told.get(name, 0) for name in flows}
    return WeeklyCount.objects.create(**key, week=ends, counted_to=ends, **row)
