"""How a source is connected, for the page on which somebody connects it or looks what came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from metrics import deliveries, entries, hooks
from metrics.deliveries import Gap
from metrics.entries import Arrival
from metrics.models import Delivery, HookSecret, Source
from metrics.sources import git

#: Deliveries on a page.
SHOWN: Final = 25


@dataclass(frozen=True)
class Connection:
    """What its kind of source needs to be told to somebody."""

    address: str = ""
    secrets: Sequence[HookSecret] = ()
    may_add_secret: bool = False
    deliveries: Sequence[Delivery] = field(default_factory=list)
    arrivals: Sequence[Arrival] = ()
    gaps: Sequence[Gap] = ()
    command: str = ""


def connection_of(source: Source, absolute: Callable[[str], str]) -> Connection:
    """Of a source. `absolute` makes a whole address of a path."""
    if source.type == Source.Type.API:
        address = absolute(reverse("metrics:api:contributions", args=[source.team.slug]))
        return Connection(
            f"{address}?{urlencode({'source': source.name})}", arrivals=entries.arrivals_of(source, SHOWN)
        )
    if source.type == Source.Type.GIT:
        return Connection(command=git.COMMAND)
    if source.type != Source.Type.GITHUB:
        return Connection()
    hook = getattr(source, "hook", None)
    secrets = list(hook.secrets.select_related("made_by")) if hook else []
    return Connection(
        address=absolute(reverse("metrics:hook", args=[hook.address])) if hook else "",
        secrets=secrets,
        may_add_secret=len(secrets) < hooks.AT_A_TIME,
        deliveries=list(source.deliveries.defer("body")[:SHOWN]),
        gaps=deliveries.gaps(source),
    )
