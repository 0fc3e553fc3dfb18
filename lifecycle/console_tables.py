"""The tables of the operator's console, to be taken along; apps above add those of their panels."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.console import dead, kinds
from lifecycle.tables import Table

#: The heads and the rows of a table.
Teller = Callable[[], tuple[Sequence[str], list[tuple[object, ...]]]]
_tellers: dict[str, Teller] = {}


def console_table(name: str) -> Callable[[Teller], Teller]:
    """Register a table under its name, which is a part of its address."""

    def register(teller: Teller) -> Teller:
        _tellers[name] = teller
        return teller

    return register


def table_of(name: str) -> Table | None:
    """The table of a name; None if there is none."""
    if name not in _tellers:
        return None
    heads, rows = _tellers[name]()
    return Table(f"console-{name}", heads, rows, clock.today())


@console_table("kinds")
def by_kind() -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Every kind of job."""
    heads = [_("Kind"), _("Queued"), _("Oldest waits since"), _("Running"), _("Most attempts of these"), _("Done")]
    heads += [_("Dead"), _("Last good run"), _("Ended"), _("It took, seconds")]
    return heads, [
        (
            *(row.kind, row.queued, row.oldest and row.oldest.isoformat(), row.running, row.attempts, row.done),
            *(row.dead, row.good_id, row.good_at and row.good_at.isoformat(), row.seconds),
        )
        for row in kinds()
    ]


@console_table("dead")
def given_up() -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Jobs that gave up and were not asked for again."""
    heads = [_("Run"), _("Kind"), _("Key"), _("Died"), _("Attempts"), _("Error")]
    return heads, [
        (job.pk, job.kind, job.key, job.finished_at and job.finished_at.isoformat(), job.attempts, job.error)
        for job in dead()
    ]
