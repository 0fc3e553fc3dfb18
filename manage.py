#!/usr/bin/env python
"""Django's command line for Lifecycle. Finds or starts the embedded servers for the commands that need them."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs.exceptions import EnvError

from lifecycle.embedded.ground import Unavailable
from lifecycle.embedded.servers import Servers

#: These read code and templates only, or (the last two) look after the servers themselves.
WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "sqlmigrate",
    "version",
    "demo",
    "servers",
}


def needs_servers(arguments: list[str]) -> bool:
    """Whether these arguments of the command line name a command that talks to a server."""
    command = next(iter(arguments), "help")
    return not (command.startswith("-") or command in WITHOUT_SERVERS or {"--help", "-h"} & set(arguments))


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifecycle.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 (reads the settings, and so the environment)
    except (EnvError, ImproperlyConfigured, FileNotFoundError) as reason:
        sys.exit(f"The settings cannot be read. {reason}")
    if needs_servers(sys.argv[1:]):
        try:
            Servers.of_settings().join()
        except Unavailable as reason:
            sys.exit(str(reason))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
