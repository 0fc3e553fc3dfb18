"""pytest's plugin for prepared questions (lifecycle/prepared.py): each is what it would be if it were asked plainly.

The first askings of each question in a run, by whichever test, are written out plainly too, with the values that they
were asked with, and the two statements compared. No statement more is sent.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest

from lifecycle.prepared import Question, plain

#: So many askings of each question are compared: with other values, on other days.
COMPARED = 12


def plainly(question: Question[..., Any], *values: object, **kinds: object) -> tuple[str, list[Any]]:
    """The statement that Django writes for these values, and its parameters."""
    sql, params = cast("Any", question.plainly)(*values, **kinds).query.sql_with_params()
    return sql, [plain(each) for each in params]


def _bare(statement: tuple[str, list[Any]]) -> tuple[str, list[Any]]:
    """Without the brackets in which whatever is no plain value stands."""
    return statement[0].replace("(%s)", "%s"), statement[1]


@pytest.fixture(scope="session", autouse=True)
def _compare_with_plain_questions() -> Iterator[None]:
    asked: Counter[str] = Counter()
    answer = Question.__call__

    def compared(self: Question[..., Any], *values: object, **kinds: object) -> list[Any]:
        asked[name := f"{self.plainly.__module__}.{self.plainly.__qualname__} {kinds}"] += 1
        if asked[name] <= COMPARED:
            assert _bare(self.statement(*values, **kinds)) == _bare(plainly(self, *values, **kinds)), name
        return answer(self, *values, **kinds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Question, "__call__", compared)
        yield
