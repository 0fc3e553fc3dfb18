"""An invented git repository: files that are written on, merges, co-authors, people by a heavy-tailed law.

As heavy as real ones: on three of 3,918 to 23,077 commits, the `git log` that Perceval runs read 1,110 to 2,750 commits
a second on two cores, and Perceval told 710 to 2,280. What makes it slow is there too: thousands of files in nested
folders, changes of many files, and moves, for which it looks.
"""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SEED: Final = 42
FILES, FOLDERS, LINES, PEOPLE = 6_000, 900, 400, 400
#: Files that a commit changes: most change one or two, some very many.
CHANGED: Final = (1, 1, 1, 2, 2, 2, 3, 4, 6, 12)
START: Final = 1_600_000_000
STEP: Final = 3_600


def made(folder: Path, commits: int, *, has_files: bool = True) -> Path:
    """A bare repository of so many commits, packed as a clone is; kept for the next run."""
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder], check=True)
        with subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for part in _stream(commits, has_files=has_files):
                process.stdin.write(part)
        if process.returncode:
            raise RuntimeError("git fast-import failed")
        (folder / "made").touch()
    return folder


def _stream(commits: int, *, has_files: bool) -> Iterator[bytes]:
    """As `git fast-import` reads it. Every twelfth commit is a merge of the one before the last."""
    dice = random.Random(SEED)
    files = [[_words(dice) for _ in range(LINES)] for _ in range(FILES)]
    moves = [0] * FILES
    for number in range(1, commits + 1):
        person = int(PEOPLE * dice.random() ** 3)
        moment = START + STEP * number + dice.randrange(-9999, 9999)
        who = f"Person {person} <person-{person}@home.example> {moment} +0200"
        message = f"{_words(dice)}\n\n{_words(dice)}\n"
        if number % 20 == 1:
            message += f"\nCo-authored-by: Person {person + 1} <person-{person + 1}@home.example>\n"
        lines = [f"commit refs/heads/main\nmark :{number}\nauthor {who}\ncommitter {who}", _data(message)]
        if number > 1:
            lines.append(f"from :{number - 1}")
        if number > 2 and number % 12 == 0:
            lines.append(f"merge :{number - 2}")
        elif has_files:
            for place in dice.sample(range(FILES), dice.choice(CHANGED)):
                for _ in range(4):
                    files[place][dice.randrange(LINES)] = _words(dice)
                if number % 25 == 0:  # moved, which Perceval's git looks for
                    lines.append(f"D {_path(place, moves[place])}")
                    moves[place] += 1
                lines += [f"M 100644 inline {_path(place, moves[place])}", _data("\n".join([*files[place], ""]))]
        yield "\n".join([*lines, "\n"]).encode()


def _path(place: int, moves: int) -> str:
    folder = (place + moves) % FOLDERS
    return f"src/part-{folder % 9}/module-{folder % 90}/topic-{folder}/file-{place}.txt"


def _words(dice: random.Random) -> str:
    return " ".join(f"{dice.getrandbits(20):x}" for _ in range(6))


def _data(text: str) -> str:
    return f"data {len(text)}\n{text}"
