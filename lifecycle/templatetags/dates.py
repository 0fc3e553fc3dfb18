"""Days as pages write them: in words for people, and in digits for machines, from which static/js/times.js tells how
long ago."""

from datetime import date, datetime

from django import template
from django.utils.dateformat import format as written
from django.utils.html import format_html

register = template.Library()


def _time(value: object, words: str) -> str:
    if not isinstance(value, date):
        return ""
    digits = "c" if isinstance(value, datetime) else "Y-m-d"
    return format_html('<time datetime="{}">{}</time>', written(value, digits), written(value, words))


@register.filter(expects_localtime=True)
def day(value: object) -> str:
    """A day, or the day of a moment; "" for none."""
    return _time(value, "j M Y")


@register.filter(expects_localtime=True)
def moment(value: object) -> str:
    """A moment to the minute; "" for none."""
    return _time(value, "j M Y H:i")
