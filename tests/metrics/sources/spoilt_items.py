"""Items for the API with one fault each, at a known place; shared by the reader's tests and those of the API."""

import json
from collections.abc import Iterator

from tests.metrics.sources.damage import Damaged, overwritten, replaced, twice, without

GOOD = {"id": "good", "occurred_at": "2024-01-10T12:00:00Z", "email": "ann@home.example"}
ITEM = {
    "id": "c9",
    "occurred_at": "2024-01-11T12:00:00+01:00",
    "name": "Bo",
    "email": "bo@home.example",
    "username": "bo",
    "kind": "review",
    "realm": "github",
}
NO_TEXT = ["5", "[]", "{}", "true", '" "', '"a\\u0000"', '"\\udced"']


def _long(limit: int) -> str:
    return f'"{"x" * (limit + 1)}"'


SPOILT = {
    "id": [*NO_TEXT, "null", '""', _long(500), "1e400"],
    "occurred_at": [
        *("5", "[]", "{}", "true", "null", '""', '" "', '"soon"', '"2026-02-30"', '"2026-02-30T10:00:00Z"'),
        *('"2026-02-28T12:00:00"', '"2026-02-28 12:00"', '"2026-02-28T25:00:00Z"', '"2026-02-28T12:00:00+25:00"'),
        *('"28.02.2026"', '"1772280000"', "1772280000", '"2026-02-28T12:00:00Zulu"', '"\\udced"', '"2026\\u0000"'),
        *('"0001-01-01T00:00:00+01:00"', '"9999-12-31T23:59:59-01:00"', '"20260228T1"', '"2026-02-28T12:00:60Z"'),
    ],
    "name": [*NO_TEXT, _long(200)],
    "email": [*NO_TEXT, _long(254)],
    "username": [*NO_TEXT, _long(120)],
    "kind": [*NO_TEXT, _long(60)],
    "realm": [*NO_TEXT, _long(60), '"gitlab"', '"gitlab:"', '"slack:"', '"slack:t1"', '"git:x"', '"gitlab:a b"'],
}
UNKNOWN = ["naem", "Email", "ID", "date", "occurred_At", "e-mail", "team", "source", "is_bot", "id ", "", "name.x"]
NO_ITEM = ["5", "[]", "null", "true", '"x"', "[{}]", "1.5"]


def wrong() -> Iterator[Damaged]:
    """Sound JSON that is no item."""
    for name, values in SPOILT.items():
        yield from (overwritten(ITEM, (name,), value) for value in values)
    for name in UNKNOWN:
        yield overwritten({**ITEM, name: ""}, (name,), '"x"')
    yield from (without(ITEM, (name,)) for name in ("id", "occurred_at"))
    nobody = {name: value for name, value in ITEM.items() if name not in {"name", "email", "username", "realm"}}
    yield Damaged("nobody", json.dumps(nobody, sort_keys=True), 1, "")
    yield Damaged("nobody, and null", json.dumps({**nobody, "name": None, "email": ""}, sort_keys=True), 1, "")
    alone = {name: value for name, value in ITEM.items() if name != "username"}
    yield overwritten(alone, ("realm",), '"github"')
    yield from (Damaged(value, value, 1, "") for value in NO_ITEM)


def ungrammatical() -> Iterator[Damaged]:
    """What is no JSON."""
    for name in ITEM:
        yield twice(ITEM, (name,))
        yield from (overwritten(ITEM, (name,), value) for value in ("NaN", "Infinity", "-Infinity", "9" * 5000))
        for value in ("'x'", "True", "x", "+1", "01"):
            case = overwritten(ITEM, (name,), value)
            yield case._replace(column=case.column + (value == "01"))
    yield from (overwritten(ITEM, (name,), '"a\\xb"')._replace(column=0) for name in ITEM)


def cut() -> Iterator[str]:
    """An item that ends too early, at every character."""
    text = json.dumps(ITEM, sort_keys=True)
    yield from (text[:length] for length in range(1, len(text)))


def as_line(text: str) -> bytes:
    """As the second item of three, on the third line."""
    good = json.dumps(GOOD)
    return f"{good}\n\n{text}\n{json.dumps(replaced(GOOD, ('id',), 'other'))}\n".encode()


def in_list(text: str) -> bytes:
    """As the second item of a list of three, on its third line."""
    good = json.dumps(GOOD)
    return f"[\n{good},\n{text},\n{json.dumps(replaced(GOOD, ('id',), 'other'))}\n]".encode()
