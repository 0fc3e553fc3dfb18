"""Where imports keep what somebody who is erased was called: rejected rows, files, deliveries, names of files."""

import re
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from metrics import keeping, sourcing
from metrics.entries import HAND, entry_of
from metrics.known_again import GONE
from metrics.models import Contribution, Delivery, Import, Source
from pathways import erasure
from pathways.erasure import Told
from pathways.keys import fold
from pathways.models import Identity
from teams.models import Team

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


@erasure.forgets
def what_came_in(told: Told) -> None:
    """Let go of every file and delivery of the teams in which the person takes part, and of file names that name them.

    A source that was told that all it brings is by this person is told so no longer. Raises Busy while something of
    these teams waits to be read.
    """
    teams = Team.objects.filter(
        pk__in=Contribution.objects.filter(contributor__in=told.people).order_by().values("team").distinct()
    )
    keeping.let_go_of_teams(teams)
    words = {fold(word) for word in told.words}
    # A name stands in a file's name by halves; if it was another's, the file is called something plainer.
    parts = {part for word in words for part in re.split(r"[\W_]+", word) if len(part) >= WORD}
    for delivery in Import.objects.filter(source__team__in=teams).only("filename"):
        if any(part in fold(delivery.filename) for part in parts):
            Import.objects.filter(pk=delivery.pk).update(filename=_("a file"))
    for source in Source.objects.filter(reading__has_key="all_by"):
        if any(fold(word) in words for word in source.options.all_by if word):
            sourcing.forget_person(source)


@erasure.forgets
def entries_by_hand(told: Told) -> None:
    """Take away the bodies of entries by hand that are the person's, or in which somebody typed a name of theirs."""
    theirs = set(Identity.objects.filter(contributor__in=told.people).values_list("pk", flat=True))
    words = {fold(word) for word in told.words}
    for delivery in Delivery.objects.filter(event=HAND, body__isnull=False, read_at__isnull=False).iterator():
        entry = entry_of(bytes(cast("bytes", delivery.body)))
        typed = fold(f"{entry.what} {entry.link} {entry.witness}")
        if entry.identity in theirs or any(len(word) >= WORD and word in typed for word in words):
            Delivery.objects.filter(pk=delivery.pk).update(body=None)


def names(problem: dict[str, object], words: set[str]) -> bool:
    """Whether a rejected row names somebody who is called so; the words are folded."""
    cells = problem.get("cells")
    texts = [
        fold(str(text)).strip() for text in (*(cells if isinstance(cells, list) else []), problem.get("reason", ""))
    ]
    return any(word == text or (len(word) >= WORD and word in text) for word in words for text in texts)


def _without(problem: dict[str, object]) -> dict[str, object]:
    return {**problem, "cells": [], "reason": str(GONE)}
