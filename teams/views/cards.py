"""The portfolio's rows as HTML: drawn once for everybody who sees the same of a team, and kept."""

from collections.abc import Sequence

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lifecycle import charts, kept, release
from teams.portfolio_rows import TeamRow

CARD, LINE = "teams/_team.html", "teams/_table_row.html"


def drawn(rows: Sequence[TeamRow], template: str) -> dict[int, SafeString]:
    """The HTML of each row by its team, all sparklines on one scale."""
    highest = max((max(row.weeks) for row in rows if row.weeks), default=0)
    top, _step = charts.scale(highest)  # a round one: one contributor more does not redraw every team
    names = {row.team_id: f"{template}:{get_language()}:{row.team_id}:{row.is_my_move:d}:{top}" for row in rows}
    found = kept.get(names.values())
    html: dict[int, SafeString] = {}
    fresh = {}
    for row in rows:
        name, state = names[row.team_id], (release.digest(), row.day, row.version)
        there, text = found.get(name, (None, ""))
        if there != state:
            text = _draw(row, template, top)
            fresh[name] = (state, text)
        html[row.team_id] = mark_safe(text)  # noqa: S308 (our own template made it)
    kept.put(fresh)
    return html


def _draw(row: TeamRow, template: str, top: int) -> str:
    return get_template(template).render({"row": row, "spark": charts.sparkline(row.weeks, top=top)})
