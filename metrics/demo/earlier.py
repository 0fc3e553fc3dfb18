"""What the demo organisation once asked of its teams: Scaling read a little otherwise, until an admin changed it."""

from datetime import datetime
from typing import Any, Final

from lifecycle.models import Edition
from metrics.demo.past import at, days_ago
from teams.models import User

#: The first day of all, before any team began, and the day of the change.
BEGAN, CHANGED = 1500, 190
#: What read otherwise before the change, by the key of each item of Scaling.
BEFORE: Final[dict[str, dict[str, Any]]] = {
    "tenfold-growth": {"threshold": 5},
    "leaders-developed": {"strength": "advised"},
    "impact-told": {"refresh_days": None},
}


def write_down(editor: User) -> None:
    """Editions of long ago, and the ones that the change made: triggers write down only what happens now."""
    now = list(Edition.objects.filter(stage__isnull=False).select_related("stage"))
    began, changed = at(days_ago(BEGAN)), at(days_ago(CHANGED))
    Edition.objects.bulk_create(_copy(each, began, values=each.values | _before(each)) for each in now)
    Edition.objects.bulk_create(_copy(each, changed, editor=editor.username) for each in now if _before(each))


def _before(edition: Edition) -> dict[str, Any]:
    in_scaling = edition.stage is not None and edition.stage.slug == "scaling"
    return BEFORE.get(edition.values.get("key", ""), {}) if in_scaling else {}


def _copy(edition: Edition, moment: datetime, **values: Any) -> Edition:
    told = {"kind": edition.kind, "item": edition.item, "stage": edition.stage, "values": edition.values}
    return Edition(**{**told, **values}, at=moment)
