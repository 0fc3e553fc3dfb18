"""Somebody who was erased comes in again: what names them is kept no longer than it takes to read it.

The people of sound rows are told by their keys, as every import tells them. Of a rejected row, whatever in it is an
address, a name or an account of somebody erased is taken out before the report is kept. What says it otherwise (a name
beside another address, a word in the name of a file) cannot be told from a hash.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy

from metrics.models import Source
from pathways import suppression
from pathways.keys import BLANKS, EMAIL, KEYED, NAME, USERNAME, VALUES, WRAPS, cleaned, join_key

if TYPE_CHECKING:
    from metrics.ingest import ProblemRow

#: What a report says of a row in which somebody stood who was erased.
GONE: Final = gettext_lazy("What stood here named somebody who has been erased.")
#: What stands between two words of a row, whatever its format.
BETWEEN: Final = re.compile(rf"[{WRAPS}{BLANKS}()\[\]{{}}=|]+")

NAMED: Final = "CREATE TEMPORARY TABLE named ON COMMIT DROP AS " + KEYED.format(
    columns="given_realm, given_name, given_email, given_username, source, name, email, username",
    given=f"""(
        SELECT realm AS given_realm, name AS given_name, email AS given_email, username AS given_username,
               CASE WHEN realm = '' OR username = '' THEN %(stream)s ELSE realm END AS source,
               {cleaned("name", NAME)} AS name, {cleaned("email", EMAIL)} AS email,
               {cleaned("username", USERNAME)} AS username
          FROM incoming WHERE name || email || username <> '' GROUP BY realm, name, email, username)""",
)

LINES: Final = """
SELECT DISTINCT line FROM incoming
  JOIN named ON (realm, incoming.name, incoming.email, incoming.username)
              = (given_realm, given_name, given_email, given_username)
 ORDER BY line LIMIT %s
"""


def lines(cursor: CursorWrapper, source: Source, *, limit: int) -> list[int]:
    """The first lines of `incoming` that name somebody who was erased."""
    if not suppression.is_needed():
        return []
    cursor.execute("DROP TABLE IF EXISTS pg_temp.named")
    cursor.execute(NAMED, {**VALUES, "stream": source.identity_source})
    suppression.leave_erased(cursor, given="named")
    cursor.execute(LINES, [limit])
    return [line for (line,) in cursor.fetchall()]


def without_names(problems: "list[ProblemRow]", source: Source) -> "list[ProblemRow]":
    """The problems, with what stood in a row taken out where it names somebody who was erased."""
    if not problems or not suppression.is_needed():
        return problems
    keys = [set(_keys(problem, source)) for problem in problems]
    erased = suppression.erased_among(set().union(*keys))
    return [
        {**problem, "cells": [], "reason": str(GONE)} if told & erased else problem
        for problem, told in zip(problems, keys, strict=True)
    ]


def _keys(problem: "ProblemRow", source: Source) -> Iterator[str]:
    """What the row may join by: each word that may be an address, and each cell as a name and as an account."""
    for text in (*problem["cells"], problem["reason"]):
        yield from (join_key("", "", word, "") for word in BETWEEN.split(text) if "@" in word)
        yield from (join_key(source.identity_source, text, "", ""), join_key(source.identity_source, "", "", text))
