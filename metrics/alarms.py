"""What the operator's console tells of the reconciler: the alerts, and whether every team had its turn."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _

from lifecycle import clock, console
from lifecycle.console_tables import console_table
from metrics.models import Comparison, Drift
from metrics.rounds import ROUND_DAYS
from teams.models import Team

#: So many alerts, and teams that wait, are shown; the list of differences has them all.
SHOWN: Final = 50


@console_table("differences")
def differences() -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """The alerts that nobody has acknowledged, as a file."""
    heads = [_("Team"), _("What"), _("Row"), _("Stored"), _("From the facts"), _("Found")]
    return heads, [
        (
            *(str(drift.team), drift.get_what_display(), drift.key, drift.stored, drift.derived),
            drift.found_at.isoformat(),
        )
        for drift in Drift.objects.alarming().select_related("team")
    ]


@console.panel("admin/metrics/_alarms.html")
def alarms() -> dict[str, object]:
    """Alerts that nobody has acknowledged, with both values, and the teams that are not compared. Four queries."""
    since = clock.today() - timedelta(days=ROUND_DAYS)
    standing = Drift.objects.standing().aggregate(
        alarming=Count("pk", filter=Q(acknowledged_at=None)), acknowledged=Count("pk", filter=~Q(acknowledged_at=None))
    )
    compared = Comparison.objects.filter(compared_on__gte=since)
    late = Team.objects.exclude(pk__in=compared.values("team"))
    return {
        **standing,
        **compared.aggregate(teams=Count("pk"), spans=Sum("spans"), rows=Sum("rows"), last=Max("compared_at")),
        "drifts": Drift.objects.alarming().select_related("team")[:SHOWN] if standing["alarming"] else [],
        "late": list(late.order_by("name")[:SHOWN]),
    }
