"""The port at which `manage.py demo` answers: the one that was asked for, or the first free one."""

import socket
import time
from argparse import ArgumentTypeError
from contextlib import suppress

#: Seconds in which a demo that was just killed lets go of its port.
LETTING_GO = 5.0


class Taken(RuntimeError):
    """The port cannot be had. The message says, to a person, what to do instead."""


def port_number(text: str) -> int:
    """A port as somebody typed it; 0 is any."""
    with suppress(ValueError):
        if 0 <= int(text) < 2**16:
            return int(text)
    raise ArgumentTypeError(f"{text!r} is no port: PORT=9000 make demo, or without PORT the first free one.")


def bind(port: int) -> None:
    """Nothing, or the OSError that says why nobody could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def let_go_of(port: int) -> None:
    """Come back when the port can be had. Raises Taken when it cannot, also in a while."""
    deadline = time.monotonic() + LETTING_GO
    while True:
        try:
            return bind(port)
        except OSError as error:
            if isinstance(error, PermissionError) or time.monotonic() > deadline:
                other = "Say another one, PORT=9000 make demo, or none for the first free one."
                raise Taken(f"Port {port} cannot be used: {error.strerror}. {other}") from None
            time.sleep(0.1)


def free_port(first: int = 8000) -> int:
    """8000, or the next port that nobody listens at."""
    for port in range(first, first + 100):
        with suppress(OSError):
            bind(port)
            return port
    raise Taken(f"Ports {first} to {first + 99} are all taken. Say which one to use: PORT=9000 make demo")
