"""Coverage-guided fuzzing of the parsers: `make fuzz`. Whatever the bytes, no exception may escape; a crash is printed.

Each parser runs in a process of its own, from sound inputs on, for so many seconds. What was found once belongs into
the tests of that parser.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import atheris
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
with atheris.instrument_imports(include=["metrics.sources"]):  # the models import some of them
    django.setup()
    from metrics.sources import Options, csv, git, github, items, perceval
    from metrics.sources.json import NotJson, parse

from tests.metrics.sources import items as shapes
from tests.metrics.sources import payloads

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
HASH: Final = b"0" * 40
OPTIONS: Final = Options()


def _read_all(read: Callable[..., object], data: bytes) -> None:
    for _batch in read(io.BytesIO(data), OPTIONS):  # type: ignore[attr-defined]
        pass


def _event(data: bytes) -> None:
    name, _, body = data.partition(b" ")
    try:
        payload = parse(body.decode())
    except (NotJson, UnicodeDecodeError):
        return
    github.events(name.decode(errors="replace"), payload, NOW)


#: The parser, and inputs to begin from.
PARSERS: Final[dict[str, tuple[Callable[[bytes], None], list[bytes]]]] = {
    "csv": (
        lambda data: _read_all(csv.read, data),
        [b'commit,author_name,author_ts,author_date\nc1,"Ann, L",0,\n', b"id;name;date\n1;Ann;2026-01-10\n"],
    ),
    "git": (
        lambda data: _read_all(git.read, data),
        [b"\0".join([HASH, b"", b"0", b"Ann", b"ann@home.example", b"ann@home.example", b""]) + b"\n"],
    ),
    "perceval": (lambda data: _read_all(perceval.read, data), [shapes.lines_of(shapes.commit())]),
    "items": (
        lambda data: _read_all(items.read, data),
        [b'[{"id": "1", "occurred_at": "2026-01-10T12:00:00Z", "name": "Ann"}]'],
    ),
    "github": (
        _event,
        [name.encode() + b" " + json.dumps(payload).encode() for name, payload, _told in payloads.COUNTED.values()],
    ),
}


def main() -> None:
    """Fuzz what is asked for, one after the other; exits with 1 if anything escaped."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *PARSERS], metavar="NAME", help=f"{', '.join(PARSERS)}")
    parser.add_argument("--seconds", type=int, default=30, help="for each")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        alone(asked.alone, asked.seconds)
    failed = []
    for name in asked.names or PARSERS:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", "--alone", name, "--seconds", str(asked.seconds)], check=False
        )
        if done.returncode:
            failed.append(name)
    sys.exit(f"Something escaped: {', '.join(failed)}" if failed else 0)


def alone(name: str, seconds: int) -> None:
    """One parser, in this process, until the time is over. Never returns."""
    run, seeds = PARSERS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            (Path(folder) / str(number)).write_bytes(seed)
        words = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-verbosity=0", "-print_final_stats=1"]
        atheris.Setup([name, *words, f"-artifact_prefix={tempfile.gettempdir()}/", folder], run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
