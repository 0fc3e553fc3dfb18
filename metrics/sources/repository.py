"""A git repository on this server's own disk, told in the format that metrics/sources/git.py reads.

Nothing in it is trusted. Its configuration, hooks, replacements and grafts are never in effect: git runs in an empty
repository of ours, made for the moment, which has nothing of the other one but its objects and its refs. So there is
no list of dangerous settings to keep up, nothing to fetch from, and nothing of a person's own settings either.
"""

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, BinaryIO, Final, cast

from django.utils.translation import gettext as _

from metrics.sources import git
from teams.refusals import Refused

#: Seconds after which git is ended; half a million commits take about ten.
TIME_LIMIT: Final = 600.0
#: What git allows in the name of a branch: it may be no expression, no option and no way up.
BRANCH: Final = re.compile(r"(?!-)(?!.*(?:\.\.|@\{|//))[^\x00-\x20\x7f~^:?*\[\\]{1,200}(?<![./])")
HEAD: Final = re.compile(rb"(?:ref: refs/[^\x00-\x20\x7f~^:?*\[\\]+|[0-9a-f]{40}(?:[0-9a-f]{24})?)\n?")


@contextmanager
def log(path: str, *, branch: str = "", time_limit: float = TIME_LIMIT) -> Iterator[BinaryIO]:
    """The history of the default branch, or of another, as a stream to be read to its end.

    Raises Refused for what is no repository, and when git fails or takes too long: at the latest on leaving, so that
    whatever was read in between must not be kept then.
    """
    program = shutil.which("git")
    if program is None:
        raise Refused(_("git is not installed on this server."))
    try:
        theirs = _repository(path)
        head = _head(theirs, branch)
    except OSError as error:
        raise Refused(_("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}) from error
    with TemporaryDirectory(prefix="lifecycle-git-") as folder, TemporaryFile() as errors:
        ours = Path(folder)
        _make(ours, theirs, head)
        environment = _environment(ours, theirs)
        _tell_hashes(program, ours, theirs, environment)
        arguments = [program, *git.ARGUMENTS, "--"]
        with _Run(arguments, environment, errors, time_limit) as run:
            yield run.output
        if reason := run.failure(folder):
            raise Refused(_("%(path)s was not read: %(reason)s") % {"path": path, "reason": reason})


def _repository(path: str) -> Path:
    """The folder of the repository that the path is: itself, and not one above it or elsewhere."""
    if not path or path.startswith("-") or not path.isprintable() or not os.path.isdir(path):
        raise Refused(_("“%(path)s” is no folder on this server.") % {"path": ascii(path)[1:-1][:200]})
    folder = Path(path).resolve()
    if (folder / ".git").is_file():
        raise Refused(_("%(path)s is a part of another repository: name that one.") % {"path": path})
    folder = folder / ".git" if (folder / ".git").is_dir() else folder
    if not all((folder / part).is_dir() for part in ("objects", "refs")) or not os.path.lexists(folder / "HEAD"):
        raise Refused(_("%(path)s is no git repository.") % {"path": path})
    if (folder / "shallow").exists():
        raise Refused(_("%(path)s is a shallow clone: its history is cut off. Fetch the rest.") % {"path": path})
    if (folder / "reftable").exists():
        raise Refused(_("%(path)s keeps its branches as a reftable, which is not read here.") % {"path": path})
    return folder


def _head(theirs: Path, branch: str) -> bytes:
    """What HEAD of ours says: the branch, or what theirs says."""
    if branch:
        if not (branch.isprintable() and BRANCH.fullmatch(branch)):
            raise Refused(_("“%(branch)s” is no name of a branch.") % {"branch": ascii(branch)[1:-1][:200]})
        return f"ref: refs/heads/{branch}\n".encode()
    head = theirs / "HEAD"
    said = b""
    if head.is_symlink():  # as git wrote it long ago
        said = b"ref: " + os.fsencode(head.readlink())
    elif head.is_file():
        with head.open("rb") as file:
            said = file.read(1_000)
    if not HEAD.fullmatch(said):
        raise Refused(_("The HEAD of %(path)s cannot be read.") % {"path": theirs})
    return said


def _make(ours: Path, theirs: Path, head: bytes) -> None:
    """An empty repository around their objects and refs."""
    (ours / "HEAD").write_bytes(head)
    (ours / "refs").symlink_to(theirs / "refs")
    if (theirs / "packed-refs").is_file():
        (ours / "packed-refs").symlink_to(theirs / "packed-refs")
    (ours / "config").write_text("[core]\n\trepositoryformatversion = 1\n\tbare = true\n", encoding="ascii")


def _environment(ours: Path, theirs: Path) -> dict[str, str]:
    return {
        "GIT_DIR": str(ours),
        "GIT_OBJECT_DIRECTORY": str(theirs / "objects"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(ours),
        "PATH": os.defpath,
        "LC_ALL": "C",
    }


def _tell_hashes(program: str, ours: Path, theirs: Path, environment: dict[str, str]) -> None:
    """Of their configuration one word is looked up, as text: whether the hashes are SHA-256."""
    config = theirs / "config"
    if not config.is_file() or config.stat().st_size > 1 << 20:
        return
    asked = ["config", "--file", str(config), "--no-includes", "--get", "extensions.objectformat"]
    told = subprocess.run(  # noqa: S603
        [program, *asked], env=environment, cwd=ours, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if told.stdout.strip() == b"sha256":
        with (ours / "config").open("a", encoding="ascii") as file:
            file.write("[extensions]\n\tobjectformat = sha256\n")


class _Run:
    """A program whose output is read while it runs, in a group of its own that ends with it."""

    def __init__(self, arguments: list[str], environment: dict[str, str], errors: IO[bytes], limit: float) -> None:
        self._errors, self._late = errors, False
        self._process = subprocess.Popen(  # noqa: S603
            arguments,
            env=environment,
            cwd=environment["GIT_DIR"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        self.output = cast("BinaryIO", self._process.stdout)
        self._timer = threading.Timer(limit, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Run":
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is not None:
            self._kill()
        self.output.close()
        self._process.wait()  # the timer sees to it that this ends
        self._timer.cancel()
        self._timer.join()

    def _end(self) -> None:
        self._late = self._process.poll() is None
        self._kill()

    def _kill(self) -> None:
        if self._process.poll() is None:  # else the number may be another's
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def failure(self, folder: str) -> str:
        """Why its output is not to be trusted, in its own words; "" when it is."""
        if self._late:
            return _("git took too long, and was ended.")
        self._errors.seek(0)
        said = self._errors.read(4_000).decode(errors="replace").replace(folder, "…")
        if not self._process.returncode and not re.search(r"^(error|fatal):", said, re.MULTILINE):
            return ""
        words = " ".join("".join(each if each.isprintable() else " " for each in said).split())
        return _("git ended with status %(status)d and said: %(words)s") % {
            "status": self._process.returncode,
            "words": words[:500] or "-",
        }
