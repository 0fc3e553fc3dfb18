"""Days in words. A page writes a hundred of them, and the next page the same ones: each is put into words once."""

from datetime import date
from functools import lru_cache
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import get_language

#: As pages write them.
DAY: Final = "j M Y"


def in_words(day: date, form: str = DAY) -> str:
    """In the reader's language, in one of Django's forms of a date."""
    return _in_words(day, form, get_language())


@lru_cache(maxsize=16_384)
def _in_words(day: date, form: str, _language: str | None) -> str:
    return str(date_format(day, form))
