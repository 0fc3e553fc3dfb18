"""What imports keep of rows that they rejected may name somebody who is erased."""

from django.db import transaction
from django.utils.translation import gettext as _

from metrics.models import Import
from pathways import erasure
from pathways.erasure import Told
from pathways.identities import fold

#: A shorter word counts only as a whole cell: "Al" stands in half of all sentences.
WORD = 4


@erasure.forgets
def rejected_rows(told: Told) -> None:
    """Take the cells of each row that names the person out of the reports; that it was rejected, and where, stays."""
    words = {fold(word) for word in told.words}
    with transaction.atomic():
        for delivery in Import.objects.exclude(errors=[]).select_for_update().iterator():
            errors = [_without(problem) if names(problem, words) else problem for problem in delivery.errors]
            if errors != delivery.errors:
                delivery.errors = errors
                delivery.save(update_fields=["errors"])


def names(problem: dict[str, object], words: set[str]) -> bool:
    """Whether a rejected row names somebody who is called so; the words are folded."""
    cells = problem.get("cells")
    texts = [
        fold(str(text)).strip() for text in (*(cells if isinstance(cells, list) else []), problem.get("reason", ""))
    ]
    return any(word == text or (len(word) >= WORD and word in text) for word in words for text in texts)


def _without(problem: dict[str, object]) -> dict[str, object]:
    return {**problem, "cells": [], "reason": _("What stood here named somebody who has been erased.")}
