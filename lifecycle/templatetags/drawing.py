"""Parts of a chart that come by the hundred: put together at once, for a template takes ten times as long."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from lifecycle.charts import Sense
from lifecycle.course import Dot

register = template.Library()


@register.simple_tag
def senses(columns: Iterable[Sense], y: str, height: str) -> SafeString:
    """The columns over which a pointer reads a chart, each with its words."""
    place = escape(y), escape(height)
    return mark_safe(  # noqa: S308 (numbers of lifecycle/charts.py; the words are escaped)
        "".join(
            f'<rect class="sense" x="{each.x}" y="{place[0]}" width="{each.width}" height="{place[1]}">'
            f"<title>{escape(each.words)}</title></rect>"
            for each in columns
        )
    )


@register.simple_tag
def dots(points: Iterable[Dot]) -> SafeString:
    """Points that hold or do not, each with its words."""
    return format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="{}" r="3"><title>{}</title></circle>',
        (("holds" if each.holds else "fails", each.x, each.y, each.words) for each in points),
    )
