"""The table for people, and JSON and Markdown to keep."""

import json
import os
import platform
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from benchmarks import server
from benchmarks.line import Line
from benchmarks.stock import Stock

HEAD = ("what", "figure", "target", "", "taken")


def machine() -> str:
    """What it ran on, without its name."""
    return (
        f"{os.cpu_count()} cores, {round(server.memory() / server.GIB)} GiB, {platform.system()} {platform.machine()}"
    )


def commit() -> str:
    """The commit of the working copy, with a plus when something is changed in it; "" outside of one."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        ).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain") else "")


def told(stock: Stock, lines: list[Line]) -> dict[str, object]:
    """Everything about a run."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": machine(),
        "cores": os.cpu_count(),
        "load_average": [round(number, 1) for number in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": server.told(),
        "contributions": {one: asdict(getattr(stock, one)) for one in ("full", "small", "few")},
        "lines": [asdict(line) | {"target": line.target, "verdict": line.verdict} for line in lines],
    }


def cells(line: Line) -> tuple[str, ...]:
    """A line of either table."""
    times = "" if line.figure is None else "once" if line.repeats == 1 else f"median of {line.repeats}"
    taken = "; ".join(part for part in (line.took, times, line.note) if part)
    return line.what, line.said, line.target, line.verdict, taken


def table(lines: list[Line]) -> str:
    """For a terminal."""
    rows = [cells(line) for line in lines]
    wide = [max(len(row[place]) for row in rows) for place in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, wide, strict=False)), row[4]]) for row in rows
    )


def keep(found: dict[str, object]) -> Path:
    """The JSON of the last run, in the data folder."""
    file: Path = settings.DATA_DIR / "benchmarks.json"
    file.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return file


def markdown(lines: list[Line]) -> str:
    """For a page of the documentation."""
    rows = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in [HEAD, *map(cells, lines)]]
    return "\n".join([rows[0], f"|{'---|' * len(HEAD)}", *rows[1:]])


def write(found: dict[str, object], lines: list[Line]) -> None:
    """docs/benchmarks.md, but for its later sections, which are of other commands."""
    file = Path(settings.BASE_DIR) / "docs" / "benchmarks.md"
    _first, begins, others = file.read_text(encoding="utf-8").partition("\n## ")
    postgres = dict(server.told())
    version = postgres.pop("version")
    busy = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    sizes = found["contributions"]
    assert isinstance(sizes, dict)
    text = f"""# Benchmarks

What `make bench` last measured. Each figure is a ratio, measured in one run against a limit or a peer; seconds are of
this machine, ratios are what a change is judged by. A line that is missed says so.

| | |
|---|---|
| date | {found["date"]} |
| commit | {found["commit"]} |
| machine | {machine()}, PostgreSQL {version}, Python {found["python"]} |
| load average at the end (1, 5, 15 minutes) | {busy} |
| contributions, teams | {"; ".join(f"{each['rows']:,} in {each['teams']:,}" for each in sizes.values())} |
| PostgreSQL | {", ".join(f"{name} {value}" for name, value in postgres.items())} |

{markdown(lines)}

The organisation is invented (`benchmarks/organisation.py`): seeded, heavy-tailed, five years long. Two of its teams
are of the same size in all sizes of organisation; what should not grow with the organisation is measured in them.
"""
    file.write_text(text + begins + others, encoding="utf-8")
