"""A repository's history: against the same by Perceval, and against the `git log` that it begins with."""

import hashlib
import io
import multiprocessing
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks import history
from benchmarks.deliveries import new_source, removed
from benchmarks.line import Line, race, ratio
from benchmarks.stock import Stock, point
from lifecycle import jobs
from metrics.models import Import
from metrics.sources import Options, git, repository
from pathways.models import Pathway

COMMITS: Final = 20_000
SMALL, LARGE = 10_000, 300_000
LOCK: Final = Path(__file__).with_name("perceval.lock")


def perceval() -> Path:
    """The program, in an environment of its own: under another licence, it is run and never imported."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:10]
    folder: Path = settings.DATA_DIR / f"perceval-{lock}"
    if not (folder / "made").exists():
        python = folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        options = ("--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--require-hashes")
        subprocess.run([python, "-m", "pip", "install", *options, "-r", LOCK], check=True)
        (folder / "made").touch()
    return folder / "bin" / "perceval"


def invented(commits: int, *, has_files: bool = True) -> Path:
    """The repository, kept for the next run by what makes it."""
    maker = hashlib.sha256(Path(history.__file__).read_bytes()).hexdigest()[:10]
    return history.made(
        settings.DATA_DIR / "histories" / f"{maker}-{commits}-{has_files}", commits, has_files=has_files
    )


def imported(path: Path, pathway: Pathway) -> Import:
    """The whole command: from the repository to a gate that follows."""
    call_command("import_git", pathway.team.slug, pathway.slug, str(path), inline=True, stdout=io.StringIO())
    delivery = Import.objects.select_related("source").latest("pk")
    removed(delivery)
    return delivery


def parsed(path: Path) -> int:
    """Reading and parsing alone: how many contributions."""
    with repository.log(str(path)) as stream:
        return sum(len(batch.rows) for batch in git.read(stream, Options()))


def measure(stock: Stock) -> list[Line]:
    """Both programs read the same bare repository; Perceval keeps its clone from the round that warms up."""
    stock.use(stock.small)
    path, program = invented(COMMITS), perceval()
    told = settings.DATA_DIR / "perceval.jsonl"
    words = [str(program), "git", str(path), "--git-path", f"{path}.clone", "--json-line", "-o", str(told)]
    jobs.drain()  # what other lines have left to be counted

    def theirs() -> None:
        home = {"HOME": str(settings.DATA_DIR), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        subprocess.run(words, env=home, check=True, capture_output=True)

    ours, peer = race(lambda: imported(path, new_source().pathway), theirs)
    delivery = imported(path, new_source().pathway)
    with told.open(encoding="utf-8") as items:
        found = sum(1 for _item in items)
    read = delivery.new - COMMITS // 20 + sum(delivery.passed.values())  # every twentieth commit has a co-author
    if (found, read) != (COMMITS, COMMITS):
        raise RuntimeError(f"{found} items; {delivery.new} new, {delivery.passed}")
    told.unlink()
    reading, bare = race(
        lambda: parsed(path),
        lambda: subprocess.run(["git", "-C", path, *git.ARGUMENTS], check=True, stdout=subprocess.DEVNULL),
    )
    return [
        Line(
            "git: commits per second / perceval git",
            peer.median / ours.median,
            10,
            at_least=True,
            took=f"{peer} against {ours}",
            repeats=min(ours.repeats, peer.repeats),
            note=f"{COMMITS:,} commits, {COMMITS / ours.median:,.0f} a second; from the repository to the recount",
        ),
        ratio("git: reading and parsing / bare git log", reading, bare, 2),
        _memory(),
    ]


def peak(database: str, path: Path, pathway: int) -> tuple[float, float]:
    """The most memory that the command ever had in a process of its own, and that git had beside it, in MiB."""
    point(database)
    imported(path, Pathway.objects.get(pk=pathway))
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    own = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(own.split()[1]) / 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _memory() -> Line:
    database = connection.settings_dict["NAME"]
    peaks = []
    for commits in (SMALL, LARGE):
        path = invented(commits, has_files=False)
        pathway = new_source().pathway_id
        connection.close()
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            peaks.append(alone.apply(peak, (database, path, pathway)))
    (small, _), (large, beside) = peaks
    took = f"{small:.0f} MiB for {SMALL:,} commits, {large:.0f} MiB for {LARGE:,}"
    return Line(
        "git: memory for 300,000 commits more than for 10,000",
        large - small,
        64,
        "MiB",
        took=took,
        repeats=1,
        note=f"git itself {beside:.0f} MiB",
    )
