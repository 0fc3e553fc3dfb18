"""Decisions that were rewritten past the product: told to admins first of all."""

from django.urls import reverse
from django.utils.translation import ngettext

from lifecycle import desk
from teams import seals


@desk.asks
def rewritten() -> desk.Waiting:
    """Leads to the first of them; `manage.py verify` names them all."""
    found = sorted({(each.team, each.seq) for each in seals.broken()})
    n = len(found)
    words = ngettext(
        "the record of decisions does not hold at %(n)d place",
        "the record of decisions does not hold at %(n)d places",
        n,
    )
    return desk.Waiting(n, words % {"n": n}, reverse("teams:decision", args=found[0]) if found else "")
