"""Real git repositories for tests, out of a few lines of what is in them."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

NOON = 1704888000  # 2024-01-10T12:00:00Z


class Commit(NamedTuple):
    """One commit without files. `parents` are places in the list; None is the one before."""

    name: str | bytes = "Ann"
    email: str | bytes = "ann@home.example"
    time: int = NOON
    message: str = "Mend it\n"
    offset: str = "+0000"
    parents: tuple[int, ...] | None = None


def git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    """What git says in that folder, with nobody's configuration."""
    environment = {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        ["git", *words], cwd=folder, input=stdin, env=environment, check=True, capture_output=True
    ).stdout


def make(folder: Path, commits: Iterable[Commit], *, mailmap: str = "", branch: str = "main", words: str = "") -> Path:
    """A bare repository with these commits, the first of them the oldest. `words` are options of `git init`."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", *words.split())
    git(folder, "fast-import", "--quiet", "--force", stdin=b"".join(stream(commits, mailmap=mailmap, branch=branch)))
    return folder


def stream(commits: Iterable[Commit], *, mailmap: str = "", branch: str = "main") -> Iterable[bytes]:
    """The commits as `git fast-import` reads them."""
    for number, each in enumerate(commits):
        name, email = (part if isinstance(part, bytes) else part.encode() for part in (each.name, each.email))
        who = b"%s <%s> %d %s" % (name, email, each.time, each.offset.encode())
        message = each.message.encode()
        parents = each.parents if each.parents is not None else (number - 1,) if number else ()
        lines = [b"commit refs/heads/%s" % branch.encode(), b"mark :%d" % (number + 1), b"author " + who]
        lines += [b"committer C <c@x.example> %d +0000" % NOON, b"data %d\n%s" % (len(message), message)]
        lines += [b"%s :%d" % (b"merge" if place else b"from", parent + 1) for place, parent in enumerate(parents)]
        if mailmap and not number:
            lines += [b"M 100644 inline .mailmap", b"data %d\n%s" % (len(mailmap.encode()), mailmap.encode())]
        yield b"\n".join([*lines, b"\n"])
