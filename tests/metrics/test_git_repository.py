"""A repository is not trusted: nothing of it runs, and one that is broken is refused whole."""

import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from metrics.sources import Options, git, repository
from teams.refusals import Refused
from tests.metrics import repositories
from tests.metrics.repositories import Commit
from tests.metrics.test_git import told

HISTORY = [Commit(name=f"Person {number}", email=f"p{number}@x.example") for number in range(30)]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return repositories.make(tmp_path / "history", HISTORY)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """What a program that the repository names would leave behind."""
    return tmp_path / "it-ran"


@pytest.fixture
def program(tmp_path: Path, marker: Path) -> str:
    """A program that no reading of a history may run."""
    file = tmp_path / "program"
    file.write_text(f"#!/bin/sh\n: > {shlex.quote(str(marker))}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def test_both_sorts_of_repository_are_read(tmp_path: Path, history: Path) -> None:
    repositories.git(tmp_path, "clone", "--quiet", str(history), "work")
    assert [raw.name for raw in told(history)] == [each.name for each in HISTORY[::-1]]
    assert told(tmp_path / "work") == told(history)
    assert told(tmp_path / "work" / ".git") == told(history)
    repositories.git(history, "pack-refs", "--all")
    repositories.git(history, "repack", "-adq")
    assert len(told(history)) == len(HISTORY)


def test_hashes_may_be_sha_256(tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "long", HISTORY, words="--object-format=sha256")
    assert {len(raw.external_id) for raw in told(history)} == {64}


def test_the_default_branch_or_the_one_that_is_asked_for(history: Path) -> None:
    repositories.git(history, "update-ref", "refs/heads/topic/älter", "main~20")
    assert len(told(history)) == 30
    assert len(told(history, branch="topic/älter")) == 10
    repositories.git(history, "symbolic-ref", "HEAD", "refs/heads/topic/älter")
    assert len(told(history)) == 10
    repositories.git(history, "update-ref", "--no-deref", "HEAD", "main~25")
    assert len(told(history)) == 5


def test_the_mailmap_of_the_branch_is_followed_and_no_other_file(tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "history", HISTORY, mailmap="One <p1@x.example>\n")
    other = tmp_path / "mailmap"
    other.write_text("Two <p2@x.example>\n", encoding="utf-8")
    repositories.git(history, "config", "mailmap.file", str(other))
    names = [raw.name for raw in told(history)]
    assert ("One" in names, "Two" in names) == (True, False)


# --- what it holds ------------------------------------------------------------------------------------------------

#: Settings by which git runs a program, {} being the program.
SETTINGS = {
    "fsmonitor": "core.fsmonitor={}",
    "pager": "core.pager={}",
    "the pager of log": "pager.log={}",
    "gpg": "gpg.program={}",
    "gpg of ssh": "gpg.ssh.program={}",
    "editor": "core.editor={}",
    "ssh": "core.sshCommand={}",
    "ask for passwords": "core.askPass={}",
    "credentials": "credential.helper=!{}",
    "proxy": "core.gitProxy={}",
    "diff": "diff.external={}",
    "text of a diff": "diff.x.textconv={}",
    "filter": "filter.x.process={}",
    "clean": "filter.x.clean={}",
    "alternate refs": "core.alternateRefsCommand={}",
    "trailers": "trailer.co-authored-by.command={}",
    "alias": "alias.log=!{}",
    "remote": "remote.origin.url=ext::{}",
    "upload-pack": "remote.origin.uploadpack={}",
    "helper": "remote.origin.vcs={}",
    "signatures": "log.showSignature=true",
}
SIGNED = b"""tree %s
author A <a@x.example> 1704888000 +0000
committer A <a@x.example> 1704888000 +0000
gpgsig -----BEGIN PGP SIGNATURE-----
 x
 -----END PGP SIGNATURE-----

Signed
"""


def arm(history: Path, program: str) -> None:
    """Every setting at once, by the configuration and by one that it includes; hooks; attributes; a signed commit."""
    for setting in SETTINGS.values():
        key, value = setting.split("=", 1)
        repositories.git(history, "config", key, value.format(program))
    repositories.git(history, "config", "core.hooksPath", str(Path(program).parent))
    included = history / "more"
    included.write_text((history / "config").read_text(encoding="utf-8"), encoding="utf-8")
    repositories.git(history, "config", "include.path", str(included))
    for hook in ("post-checkout", "reference-transaction", "fsmonitor-watchman", "post-index-change"):
        shutil.copy(program, history / "hooks" / hook)
    (history / "info").mkdir(exist_ok=True)
    (history / "info" / "attributes").write_text("* diff=x filter=x\n", encoding="utf-8")
    tree = repositories.git(history, "mktree").strip()
    signed = repositories.git(history, "hash-object", "-t", "commit", "-w", "--stdin", stdin=SIGNED % tree)
    repositories.git(history, "update-ref", "refs/heads/signed", signed.decode().strip())


def test_no_program_that_a_repository_names_runs(history: Path, program: str, marker: Path) -> None:
    arm(history, program)
    for _ in range(2):
        assert len(told(history)) == len(HISTORY)
        assert len(told(history, branch="signed")) == 1
    assert not marker.exists()
    plainly = ["git", "-C", str(history), "log", "signed"]
    subprocess.run(plainly, check=False, capture_output=True)
    assert marker.exists(), "the trap works: git as everybody runs it does run the program"


def test_a_clone_without_its_objects_fetches_nothing(tmp_path: Path, history: Path, program: str, marker: Path) -> None:
    repositories.git(history, "config", "uploadpack.allowFilter", "true")
    repositories.git(tmp_path, "clone", "--quiet", "--bare", "--filter=tree:0", f"file://{history}", "part")
    part = tmp_path / "part"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        shutil.rmtree(part / "objects" / "pack")
        (part / "objects" / "pack").mkdir()
        for url in (
            f"ext::{program}",
            f"git://127.0.0.1:{listener.getsockname()[1]}/x",
            f"file://{history}",
            str(history),
        ):
            repositories.git(part, "config", "remote.origin.url", url)
            for protocol in ("ext", "git", "file"):
                repositories.git(part, "config", f"protocol.{protocol}.allow", "always")
            with pytest.raises(Refused, match=r"bad object HEAD|does not have any commits|unable to find"):
                told(part)
        assert not marker.exists()
        with pytest.raises(BlockingIOError):
            listener.accept()
    repositories.git(part, "config", "remote.origin.url", f"ext::{program}")
    subprocess.run(["git", "-C", str(part), "log"], check=False, capture_output=True)
    assert marker.exists(), "the trap works: git as everybody runs it does fetch"


def test_grafts_and_replacements_change_nothing(history: Path) -> None:
    wanted = told(history)
    repositories.git(history, "replace", "main", "main~20")
    (history / "info").mkdir(exist_ok=True)
    (history / "info" / "grafts").write_bytes(repositories.git(history, "rev-parse", "main~5"))
    assert told(history) == wanted


def test_nothing_is_written_into_it(history: Path) -> None:
    def state() -> list[tuple[Path, int]]:
        return sorted((file, file.stat().st_mtime_ns) for file in history.rglob("*"))

    before = state()
    told(history)
    assert state() == before


# --- what is broken -----------------------------------------------------------------------------------------------


def objects(history: Path) -> list[Path]:
    """Its commits as files of their own, the oldest first."""
    repositories.git(history, "config", "fetch.unpackLimit", "1000")
    packs = list((history / "objects" / "pack").glob("*.pack"))
    moved = [pack.rename(history / pack.name) for pack in packs]
    for index in (history / "objects" / "pack").glob("*"):
        index.unlink()
    for pack in moved:
        repositories.git(history, "unpack-objects", "-q", stdin=pack.read_bytes())
    hashes = repositories.git(history, "rev-list", "--reverse", "main").decode().split()
    return [history / "objects" / each[:2] / each[2:] for each in hashes]


@pytest.mark.parametrize("at", [0, 15, 29])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise"])
def test_a_history_with_a_hole_is_refused_whole(history: Path, at: int, damage: str) -> None:
    file = objects(history)[at]
    content = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes({"empty": b"", "cut": content[:20], "noise": content[:10] + b"noise" * 9}.get(damage, content))
    if damage == "missing":
        file.unlink()
    with pytest.raises(Refused, match=r"history was not read: git ended with status \d+ and said: (error|fatal)"):
        told(history)


def test_a_damaged_pack_is_refused_whole(history: Path) -> None:
    repositories.git(history, "repack", "-adq")
    (pack,) = (history / "objects" / "pack").glob("*.pack")
    content = pack.read_bytes()
    pack.chmod(0o644)
    pack.write_bytes(content[: len(content) // 2])
    with pytest.raises(Refused, match="was not read"):
        told(history)


def test_a_clone_that_is_cut_off_is_refused(tmp_path: Path, history: Path) -> None:
    repositories.git(tmp_path, "clone", "--quiet", "--bare", "--depth=3", f"file://{history}", "short")
    with pytest.raises(Refused, match="shallow clone"):
        told(tmp_path / "short")


def test_a_history_without_commits_is_refused_in_gits_words(tmp_path: Path, history: Path) -> None:
    with pytest.raises(Refused, match="does not have any commits yet"):
        told(repositories.make(tmp_path / "empty", []))
    with pytest.raises(Refused, match="'nowhere' does not have any commits"):
        told(history, branch="nowhere")


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = tmp_path / "number"
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\ntest $1 = log || exit 0\nsleep 600 & echo $! > {number}\nwait\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    with pytest.raises(Refused, match="took too long"), repository.log(str(history), time_limit=1) as stream:
        assert stream.read() == b""
    child = int(number.read_text(encoding="utf-8"))
    for _ in range(100):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text(encoding="utf-8").split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("a child of git lives on")


def test_what_is_not_read_to_its_end_is_none(tmp_path: Path) -> None:
    history = repositories.make(tmp_path / "history", HISTORY * 1_000)  # more than a pipe holds of what nobody reads

    def give_up() -> None:
        with repository.log(str(history)):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    with pytest.raises(Refused, match="status -13"), repository.log(str(history)):
        pass  # nothing was read: that is no history


# --- what is asked for --------------------------------------------------------------------------------------------

PATHS = [
    *(
        "",
        "-",
        "--",
        "--help",
        "--output=x",
        "--upload-pack=x",
        "-oProxyCommand=x",
        "-u./x",
        "--git-dir=/",
        "-c",
        "-C/",
    ),
    *(
        "https://x.example/r.git",
        "http://127.0.0.1/",
        "git://x.example/r",
        "ssh://x.example/r",
        "file:///etc",
        "ftp://x",
    ),
    *("ext::sh -c x", "ext::x% x", "fd::17", "git@x.example:r.git", "x.example:r", "[::ffff:127.0.0.1]:r", "::1"),
    *(
        "http://[::ffff:127.0.0.1]/",
        "//x.example/r",
        "\\\\x.example\\r",
        "$HOME",
        "~",
        "~root",
        "${PATH}",
        "`id`",
        "$(id)",
    ),
    *(
        "/dev/null",
        "/dev/zero",
        "/etc/passwd",
        "/proc/self/environ",
        "/nowhere",
        ".",
        "..",
        "/",
        "/etc",
        "/tmp",
        "*",
        "?",
    ),
    *(
        "a\nb",
        "a\0b",
        "a\rb",
        "\x1b[31m",
        "a\u202eb",
        "\udcff",
        "x" * 5_000,
        ";id",
        "|id",
        "&id",
        "x;id",
        "-x\n--y",
        " ",
    ),
]


@pytest.mark.parametrize("path", PATHS, ids=ascii)
def test_what_is_no_repository_on_this_disk_is_refused(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    with pytest.raises(Refused) as refused:
        told_by(path)
    assert refused.value.reason.isprintable()
    assert os.listdir(empty) == []


def told_by(path: str, branch: str = "") -> None:
    with repository.log(path, branch=branch) as stream:
        list(git.read(stream, Options()))


BRANCHES = [
    *(
        "-",
        "--",
        "--all",
        "--output=x",
        "--upload-pack=x",
        "-oProxyCommand=x",
        "--exec=x",
        "--stdin",
        "--end-of-options",
    ),
    *("..", "../x", "a..b", "main..", "^main", "main^", "main~1", "main@{0}", "@{-1}", "main:x", ":/x", "a b", "a\tb"),
    *(
        "a\nb",
        "main\n",
        "main\nref: refs/heads/x",
        "a\0b",
        "a\rb",
        "a\x7fb",
        "a*",
        "a?",
        "a[b]",
        "a\\b",
        "/",
        "a/",
        "a.",
        "//",
    ),
    *(
        "a//b",
        "../../HEAD",
        "x/../../../packed-refs",
        "\udcff",
        "x" * 201,
        "a.lock",
        ".a",
        "a/.b",
        "$HOME",
        "`id`",
        "$(id)",
    ),
    *("refs/heads/main", "HEAD", "FETCH_HEAD", "main --", "http://x.example", "ext::x", ";id", "|id", "@", "nowhere"),
]


@pytest.mark.parametrize("branch", BRANCHES, ids=ascii)
def test_what_is_no_branch_of_it_is_refused(branch: str, history: Path) -> None:
    before = sorted(history.parent.rglob("*"))
    with pytest.raises(Refused) as refused:
        told_by(str(history), branch)
    assert refused.value.reason.isprintable()
    assert sorted(history.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["-x", "--output=x", "a\nb", "\x1b[31m", "a\u202eb"], ids=ascii)
def test_a_repository_is_refused_for_a_name_that_deceives(
    name: str, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(history.parent)
    history.rename(history.parent / name)
    with pytest.raises(Refused, match="is no folder on this server"):
        told_by(name)


def test_a_folder_inside_of_a_repository_is_not_it(tmp_path: Path, history: Path) -> None:
    repositories.git(tmp_path, "clone", "--quiet", str(history), "work")
    (tmp_path / "work" / "inner").mkdir()
    for path in ("work/inner", "work/.git/objects", "work/.git/refs"):
        with pytest.raises(Refused, match="is no git repository"):
            told(tmp_path / path)


def test_a_pointer_to_another_repository_is_not_followed(tmp_path: Path, history: Path) -> None:
    repositories.git(history, "worktree", "add", "--quiet", str(tmp_path / "beside"), "main")
    with pytest.raises(Refused, match="part of another repository"):
        told(tmp_path / "beside")
    with pytest.raises(Refused, match="is no git repository"):
        told(history / "worktrees" / "beside")


@pytest.mark.parametrize(
    "make",
    [
        lambda head: head.write_bytes(b""),
        lambda head: head.write_bytes(b"ref: ../../etc/passwd\n"),
        lambda head: head.write_bytes(b"ref: refs/heads/main\nref: refs/heads/x\n"),
        lambda head: head.write_bytes(b"\xff" * 5_000_000),
        lambda head: head.symlink_to("/etc/passwd"),
        lambda head: head.symlink_to("/dev/zero"),
        os.mkfifo,
        lambda head: head.mkdir(),
    ],
    ids=["empty", "elsewhere", "two", "large", "link", "device", "pipe", "folder"],
)
def test_a_head_that_is_none_is_refused(history: Path, make: Callable[[Path], object]) -> None:
    (history / "HEAD").unlink()
    make(history / "HEAD")
    with pytest.raises(Refused, match=r"HEAD of .* cannot be read"):
        told(history)


def test_a_server_without_git_says_so(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refused, match="git is not installed"):
        told(history)
