"""Tells those who watch a team when one of its sources goes stale or could not be read."""

from datetime import timedelta
from typing import Final

from lifecycle import clock
from metrics.evidence import FRESH_DAYS
from metrics.models import Import, Source
from teams import notifications
from teams.models import Team

#: A source that went stale longer ago is no news, though nobody may have been there to notice.
NEWS_DAYS: Final = 14


def stale() -> None:
    """Tell of each source that is stale since lately; of each day that it ended on, once."""
    last = clock.today() - timedelta(days=FRESH_DAYS)
    late = Source.objects.filter(
        enabled=True,
        complete_to__range=(last - timedelta(days=NEWS_DAYS), last),
        team__state=Team.State.ACTIVE,
    )
    for source in late.select_related("team"):
        cause = f"{source.pk}/{source.complete_to}"
        notifications.tell(source.team, notifications.Kind.SOURCE_STALE, cause=cause, what=source, place="data/")


def broken(delivery: Import) -> None:
    """Tell that a file could not be read, once a day of each source: whoever uploads it tries several times."""
    notifications.tell(
        delivery.source.team,
        notifications.Kind.SOURCE_BROKEN,
        cause=f"{delivery.source_id}/{clock.today()}",
        actor=delivery.created_by,
        what=delivery.source,
        place=f"data/imports/{delivery.pk}/",
    )
