"""`make` makes the environment whole, whatever interrupts it. Shown with a Python that only notes what it is asked."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.production.deployment import ROOT

#: Stands in for python3, and for the environment's own: notes each request, and installs nothing, slowly if asked.
PYTHON = """#!/bin/sh
case "$1$2" in
    -c*) exec python3 "$@" ;;
    -mvenv) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    -mpip) test "$3" = --version && exit ;;
esac
echo "$2 $3" >> asked
test "$2" != uv || test ! -e slow || exec sleep 60
"""
WHOLE = ["venv --clear", "pip install", "uv pip"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as the Makefile sees it."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements-dev.lock", "requirements-uv.lock"):
        (folder / name).touch()
        os.utime(folder / name, (1e9, 1e9))
    (folder / "python").write_text(PYTHON)
    (folder / "python").chmod(0o755)
    return folder


def begin(clone: Path) -> "subprocess.Popen[str]":
    """`make` up to the environment, in a process group of its own as a shell gives it."""
    return subprocess.Popen(
        ["make", "PYTHON=./python", ".venv/.installed"],
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )


def finish(making: "subprocess.Popen[str]") -> int:
    """Its exit code."""
    making.communicate(timeout=60)
    return making.returncode


def asked(clone: Path) -> list[str]:
    """What the Python was asked for so far."""
    return (clone / "asked").read_text().splitlines() if (clone / "asked").exists() else []


def test_it_is_made_once_and_brought_up_to_date_in_place(clone: Path) -> None:
    assert finish(begin(clone)) == 0
    assert finish(begin(clone)) == 0
    assert asked(clone) == WHOLE
    (clone / "requirements-dev.lock").touch()
    os.utime(clone / "requirements-dev.lock", (2e9, 2e9))
    assert finish(begin(clone)) == 0
    assert asked(clone) == [*WHOLE, *WHOLE[1:]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_cut_off_halfway_it_is_made_anew_the_next_time(clone: Path, number: signal.Signals) -> None:
    """An installer that was cut off leaves packages by halves; the next one took them for installed."""
    (clone / "slow").touch()
    first = begin(clone)
    deadline = time.monotonic() + 30
    while asked(clone) != WHOLE and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(first.pid, number)
    assert finish(first) != 0
    assert asked(clone) == WHOLE, "Ctrl-C means stop, not: try another installer"
    assert not (clone / ".venv" / ".installed").exists()

    (clone / "slow").unlink()
    assert finish(begin(clone)) == 0
    assert asked(clone) == WHOLE * 2
    assert (clone / ".venv" / ".installed").exists()


def test_two_at_once_make_it_once(clone: Path) -> None:
    both = [begin(clone), begin(clone)]
    assert [finish(each) for each in both] == [0, 0]
    assert asked(clone) == WHOLE


def test_what_cannot_be_installed_leaves_no_stamp(clone: Path) -> None:
    (clone / "python").write_text(PYTHON + "exit 1\n")
    assert finish(begin(clone)) != 0
    assert not (clone / ".venv" / ".installed").exists()
