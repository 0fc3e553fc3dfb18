"""Days as pages write them: in words for people, and in digits for machines, from which static/js/times.js tells how
long ago."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template import defaultfilters
from django.utils.dateformat import format as written
from django.utils.html import format_html
from django.utils.translation import get_language

from lifecycle.days import in_words

register = template.Library()


def _time(value: date, words: str) -> str:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), written(value, words))


@lru_cache(maxsize=4096)
def _day(value: date, language: str) -> str:
    """A page writes dozens of days, and the next page the same ones."""
    return _time(value, "j M Y")


@register.filter(expects_localtime=True)
def day(value: object) -> str:
    """A day, or the day of a moment; "" for none."""
    if isinstance(value, datetime):
        return _time(value, "j M Y")
    return _day(value, get_language()) if isinstance(value, date) else ""


@register.filter("date", expects_localtime=True, is_safe=False)
def in_a_form(value: Any, form: str | None = None) -> str:
    """Django's own, but that a day is put into words once."""
    if type(value) is date and form:
        return in_words(value, form)
    return defaultfilters.date(value, form)


@register.filter(expects_localtime=True)
def moment(value: object) -> str:
    """A moment to the minute; "" for none."""
    return _time(value, "j M Y H:i") if isinstance(value, datetime) else ""
