"""Spoilt JSON whose fault stands at a known place, and any other value in place of any value."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
SENTINEL = "\N{BLACK SUN WITH RAYS}here"
WRITTEN = json.dumps(SENTINEL)


class Damaged(NamedTuple):
    """A text, and where its fault is: character from 1, and path."""

    what: str
    text: str
    column: int
    field: str


def written(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def copied(value: Any) -> Any:
    """A copy in which no two members are one object."""
    return json.loads(json.dumps(value))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with that value in place of the one at the path."""
    if not path:
        return new
    changed = copied(value)
    at(changed, path[:-1])[path[-1]] = new
    return changed


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Of every value, from the outside in."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from paths(one, (*path, step))


def begin(value: Any, path: Path) -> int:
    """The column at which the value at the path begins."""
    return json.dumps(replaced(value, path, SENTINEL), sort_keys=True).index(WRITTEN) + 1


def overwritten(value: Any, path: Path, by: str) -> Damaged:
    """The text `by` in place of the value at the path."""
    text = json.dumps(replaced(value, path, SENTINEL), sort_keys=True)
    return Damaged(f"{by[:20]} as {written(path)}", text.replace(WRITTEN, by), begin(value, path), written(path))


def without(value: Any, path: Path) -> Damaged:
    """The member taken away: its place is that of the object which should have it."""
    changed = copied(value)
    del at(changed, path[:-1])[path[-1]]
    text = json.dumps(changed, sort_keys=True)
    return Damaged(f"without {written(path)}", text, begin(value, path[:-1]), written(path))


def twice(value: Any, path: Path) -> Damaged:
    """The member told once more, behind itself."""
    marked = json.dumps(replaced(value, path, SENTINEL), sort_keys=True)
    again = f"{json.dumps(at(value, path))}, {json.dumps(path[-1])}: "
    column = marked.index(WRITTEN) + 1 + len(again)
    return Damaged(f"twice {written(path)}", marked.replace(WRITTEN, again + "1"), column, written(path))
