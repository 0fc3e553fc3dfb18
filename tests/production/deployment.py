"""The files of a deployment, as data: what the compose file, the image and the settings say."""

import ast
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
#: The services that run this project's code.
OURS = ("web", "worker", "beat", "dispatcher", "migrate")


def service(name: str) -> dict[str, Any]:
    """One service of the compose file (anchors and merges are resolved by the parser)."""
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


def value(text: str) -> str:
    """What compose makes of `${NAME:-default}` when nothing is set."""
    return re.sub(r"\$\{\w+:[-?]([^}]*)\}", r"\1", text)


def read_by_settings() -> set[str]:
    """The names of all variables that lifecycle/settings.py reads."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / "lifecycle" / "settings.py").read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called.startswith("env."):
                names.add(str(node.args[0].value))
            elif called == "secret":
                names |= {str(node.args[0].value), str(node.args[0].value) + "_FILE"}
    return names


def in_example() -> dict[str, str]:
    """The variables of .env.example with their values, comments taken off."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.partition("#")[0].strip().partition("=") for line in lines)
    return {name: text for name, equals, text in pairs if equals}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]
