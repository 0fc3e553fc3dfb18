"""A data folder, and the project's commands run on it as a stranger to this process would run them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from lifecycle import embedded

ROOT = Path(__file__).resolve().parents[2]

#: Runs the command without the models, which it does not ask for and which take most of a second to read; as another
#: user, if one is named. The modules are read first: this Python may lie in root's closed home.
SERVERS = """
import os, sys
import psycopg, redis
import lifecycle.embedded.servers, lifecycle.management.commands.servers as servers
if user := int(sys.argv.pop(1)):
    os.getuid = lambda: user  # soon true; the settings name the servers by it
    servers.Servers.of_settings()  # reads the settings
    os.setgroups([]); os.setgid(user); os.setuid(user)
servers.Command().run_from_argv(["manage.py", *sys.argv[1:]])
"""


def open_folder() -> Iterator[Path]:
    """A folder in which `nobody` can walk. Not pytest's own: those are 0700, and set back to it by every run."""
    with tempfile.TemporaryDirectory(prefix="lifecycle-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@dataclass
class Machine:
    """A data folder, and commands of the project run on it as a stranger to this process would run them."""

    data: Path
    user: int | None = None

    @property
    def environment(self) -> dict[str, str]:
        unset = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        mine = {name: value for name, value in os.environ.items() if name not in unset}
        return {**mine, "DATA_DIR": str(self.data), "PYTHONPATH": str(ROOT)}

    def begin(self, action: str) -> "subprocess.Popen[str]":
        """`manage.py servers ACTION`, not waited for."""
        return subprocess.Popen(
            [sys.executable, "-c", SERVERS, str(self.user or 0), "servers", action],
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "lifecycle.settings"},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def servers(self, action: str) -> str:
        """`manage.py servers ACTION`; what it said."""
        process = self.begin(action)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def start(self) -> None:
        assert self.servers("start") == "postgres: answers\nvalkey: answers\n"

    @property
    def sockets(self) -> Path:
        folder = embedded.socket_folder(self.data)
        return folder.with_name(folder.name.replace(f"-{os.getuid()}-", f"-{self.user or os.getuid()}-"))

    def sql(self, statement: str) -> object:
        """The first value of one statement, as the project's own role."""
        with psycopg.connect(
            host=str(self.sockets), user="lifecycle", dbname="lifecycle", autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]

    @property
    def valkey(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.sockets / "valkey.sock"))

    def alive(self) -> list[int]:
        """The processes of both servers, found by what they hold open: none may be left, or be there twice."""
        held = {str(file.resolve()) for file in self.data.glob("*.alive")}
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    links = {os.readlink(link) for link in (process / "fd").iterdir()}
                except OSError:  # gone meanwhile, or not ours to look into
                    continue
                if links & held:
                    found.append(int(process.name))
        return found

    def started(self) -> list[int]:
        """Those of them that nobody of them has started. The postmaster's children come and go."""
        alive = self.alive()
        return [pid for pid in alive if (parent := parent_of(pid)) and parent not in alive]

    def postmaster(self) -> int:
        return int(next(self.data.rglob("postmaster.pid")).read_text().split()[0])

    def kill(self, *, only: "list[int] | None" = None) -> None:
        """SIGKILL to these, or to every process of both servers. Some end by themselves in the same moment."""
        for pid in self.alive() if only is None else only:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def clean(self) -> None:
        self.kill()
        shutil.rmtree(self.sockets, ignore_errors=True)
        for folder in Path("/var/tmp").glob(f"{self.sockets.name}*"):
            shutil.rmtree(folder, ignore_errors=True)


def parent_of(pid: int) -> int:
    """The process that this one belongs to; 0 if it has gone meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
