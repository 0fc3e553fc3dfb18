"""Production without a container engine: each compose service's own command against an installed PostgreSQL and Redis.

    python -m tests.production.smoke

Starts the two servers of the distribution on free ports as an ordinary user, runs the one-off service, then the
others; asks for the health page, the log-in page and one job done by the worker; ends all by SIGTERM and looks
whether anything is left. Prints each promise as it is kept; exit 1 at the first that is not.
"""

import os
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import redis

from tests.production.deployment import ROOT, service, value

PATIENCE = 90.0  # seconds for anything to become so


class Smoke:
    """One run in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.postgres_port, self.redis_port, self.web_port = (free_port() for _ in range(3))
        self.database_url = f"postgresql://lifecycle@127.0.0.1:{self.postgres_port}/lifecycle"
        self.kept = 0

    def keep(self, promise: str, *, when: Callable[[], object] = lambda: True) -> None:
        """Wait until it is so, and say it."""
        deadline = time.monotonic() + PATIENCE
        while not when():
            gone = [name for name, child in self.children.items() if child.poll() is not None]
            if gone or time.monotonic() > deadline:
                for log in self.folder.glob("*.log"):
                    print(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-30:]))
                sys.exit(f"NOT KEPT: {promise}" + (f" ({', '.join(gone)} ended)" if gone else ""))
            time.sleep(0.2)
        self.kept += 1
        print(f"ok: {promise}", flush=True)

    def run(
        self,
        name: str,
        command: list[str],
        *,
        cwd: Path,
        env: dict[str, str] | None = None,
        user: int | None = None,
    ) -> "subprocess.Popen[bytes]":
        """Start a process with a log of its own, in a session of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                user=user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    # --- the two servers of the distribution

    def start_servers(self) -> None:
        """A cluster and a Redis of an ordinary user's, in this folder."""
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None
        store = self.folder / "servers"
        store.mkdir()
        if user is not None:
            self.folder.chmod(0o755)
            os.chown(store, user, -1)
        cluster = str(store / "cluster")
        initdb = [str(programs / "initdb"), "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        made = self.run("initdb", [*initdb, "--no-sync"], cwd=store, user=user)
        self.keep(f"PostgreSQL {programs.parent.name} makes a cluster", when=lambda: made.poll() == 0)
        postgres = [str(programs / "postgres"), "-D", cluster, "-F", "-k", str(store), "-p", str(self.postgres_port)]
        self.children["postgres"] = self.run("postgres", postgres, cwd=store, user=user)
        redis_server = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""]
        self.children["redis"] = self.run("redis", redis_server, cwd=store, user=user)
        self.keep("PostgreSQL answers", when=lambda: answers(self.make_database))
        self.keep("Redis answers", when=lambda: answers(redis.Redis(port=self.redis_port).ping))

    def make_database(self) -> None:
        """The project's database, and its role, which has no right beyond it."""
        with psycopg.connect(self.database_url, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE lifecycle LOGIN")
            connection.execute("CREATE DATABASE lifecycle OWNER lifecycle")

    # --- the compose file's services

    def environment(self, name: str) -> dict[str, str]:
        """The service's own variables; only addresses and folders are this machine's."""
        given = {key: value(str(text)) for key, text in service(name)["environment"].items()}
        keys = {key: secrets.token_urlsafe(64) for key in ("SECRET_KEY", "ERASURE_KEY")}
        for key, text in {**keys, "DATABASE_URL": self.database_url}.items():
            file = self.folder / key
            if not file.exists():
                file.write_text(text)
            given[f"{key}_FILE"] = str(file)
        here = {
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "ALLOWED_HOSTS": "lifecycle.example.org",
            "DATA_DIR": str(self.folder / "data"),
            "TMPDIR": str(self.folder),
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        return {**given, **here, "PATH": path, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}

    def start_service(self, name: str) -> "subprocess.Popen[bytes]":
        """The service's own command, word for word but for the port and the folder of its temporary files."""
        words = [
            word.replace("0.0.0.0:8000", f"127.0.0.1:{self.web_port}").replace("/tmp/", f"{self.folder}/")
            for word in service(name)["command"]
        ]
        return self.run(name, words, cwd=ROOT, env=self.environment(name))

    def page(self, path: str) -> tuple[int, str]:
        """One page, as the proxy in front asks for it."""
        headers = {"Host": "lifecycle.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()

    def healthy(self) -> bool:
        """What the image's own HEALTHCHECK says."""
        script = [sys.executable, "-I", str(ROOT / "lifecycle" / "healthcheck.py"), f"127.0.0.1:{self.web_port}"]
        return subprocess.run(script, env=self.environment("web"), capture_output=True, check=False).returncode == 0

    def well(self, name: str) -> bool:
        """What the service's own health check says, word for word but for the folder of its temporary files."""
        kind, line = service(name)["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        words = ["sh", "-c", line.replace("$$", "$").replace("/tmp", str(self.folder))]
        env = {**self.environment(name), "HOSTNAME": socket.gethostname()}
        return subprocess.run(words, env=env, cwd=ROOT, capture_output=True, check=False).returncode == 0

    def job_is_done(self, key: str) -> bool:
        """Whether the worker has finished the job."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT state FROM lifecycle_job WHERE key = %s", [key]).fetchone()
            return row is not None and row[0] == "done"

    def story(self) -> None:
        """Everything, in the order in which compose does it."""
        self.start_servers()
        collected = self.run(
            "collectstatic",
            ["python", "manage.py", "collectstatic", "--noinput"],
            cwd=ROOT,
            env=self.environment("web"),
        )
        self.keep("static files are collected, as the image's build does", when=lambda: collected.poll() == 0)
        for time_ in ("once", "again"):
            migrate = self.start_service("migrate")
            self.keep(f"migrate ends well, {time_}", when=lambda done=migrate: done.poll() == 0)  # type: ignore[misc]
        for name in ("web", "worker", "beat", "dispatcher"):
            self.children[name] = self.start_service(name)
        self.keep("the image's health check passes", when=self.healthy)
        for name in ("worker", "beat", "dispatcher"):
            self.keep(f"the health check of {name} passes", when=lambda name=name: self.well(name))  # type: ignore[misc]
        self.keep("readyz says ready", when=lambda: self.page("/readyz") == (200, "ready\n"))
        self.keep("the log-in page answers", when=lambda: self.page("/accounts/login/")[0] == 200)
        with psycopg.connect(self.database_url) as connection:
            connection.execute("INSERT INTO lifecycle_job (kind, key) VALUES ('recount', '0')")
        self.keep("a job goes through dispatcher, broker and worker", when=lambda: self.job_is_done("0"))

    def end(self) -> bool:
        """SIGTERM to all, the servers last; whether each ended by itself and left nothing in its session."""
        clean = True
        for name in reversed(self.children):
            child = self.children[name]
            child.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                clean = False
                print(f"{name} did not end")
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
            clean = False
            print(f"{name} left a process behind")
        self.children.clear()
        return clean


def answers(question: Callable[[], object]) -> bool:
    """Whether asking raised nothing."""
    try:
        question()
    except (OSError, psycopg.Error, redis.RedisError):
        return False
    return True


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """Run the story; leave nothing."""
    with tempfile.TemporaryDirectory(prefix="lifecycle-smoke-") as folder:
        smoke = Smoke(Path(folder))
        try:
            smoke.story()
        finally:
            clean = smoke.end()
        smoke.keep("SIGTERM ends each, and nothing is left", when=lambda: clean or sys.exit("NOT KEPT: a clean end"))
        print(f"{smoke.kept} passed, 0 failed")


if __name__ == "__main__":
    main()
