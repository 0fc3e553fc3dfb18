"""The settings as production starts them: clean under `check --deploy`, and refusing what is unsafe."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.production.deployment import ROOT, in_example

SAFE = {
    "PRODUCTION": "true",
    "SECRET_KEY": "k3-" + "v9Zq_7Lw" * 8,
    "ERASURE_KEY": "e5-" + "Jq8_xTz4" * 8,
    "ALLOWED_HOSTS": "lifecycle.example.org",
    "DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One command of the project with these variables and no others of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=kept | environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **SAFE, DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unsafe", [{"SECRET_KEY": ""}, {"SECRET_KEY": "short"}, {"DEBUG": "true"}])
def test_an_unsafe_start_is_refused(tmp_path: Path, unsafe: dict[str, str]) -> None:
    done = manage("check", **{**SAFE, **unsafe}, DATA_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "at least 50 random characters" in done.stderr


@pytest.mark.parametrize("key", ["", "short", SAFE["SECRET_KEY"]])
def test_erased_people_need_a_key_of_their_own(tmp_path: Path, key: str) -> None:
    done = manage("check", **{**SAFE, "ERASURE_KEY": key}, DATA_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "needs ERASURE_KEY" in done.stderr


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_production_never_falls_back_to_the_embedded_servers(tmp_path: Path, missing: str) -> None:
    done = manage("check", **{**SAFE, missing: ""}, DATA_DIR=str(tmp_path))
    assert done.returncode != 0
    assert f"{missing} is no address" in done.stderr
    assert "Traceback" not in done.stderr


def told(**environment: str) -> str:
    """The settings that these variables make, all but the Env itself."""
    lines = manage("diffsettings", "--all", PYTHONHASHSEED="0", **environment)
    assert lines.returncode == 0, lines.stderr
    return "\n".join(
        line for line in lines.stdout.splitlines() if not re.match(r"env = |(SECRET|ERASURE)_KEY = ", line)
    )


def test_the_example_of_variables_tells_what_holds_without_it(tmp_path: Path) -> None:
    """Whoever reads the file into a shell sets many variables to nothing: that is as good as not setting them."""
    data = {"DATA_DIR": str(tmp_path)}
    assert told(**{**in_example(), **data}) == told(**data)


def test_a_relative_data_folder_is_the_same_from_everywhere() -> None:
    keys = {name: SAFE[name] for name in ("SECRET_KEY", "ERASURE_KEY")}  # else they are made there
    assert f"DATA_DIR = {ROOT / 'var' / 'nowhere'!r}" in told(DATA_DIR="var/nowhere", **keys)
    assert not (ROOT / "var" / "nowhere").exists()


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    environment = {name: text for name, text in SAFE.items() if name not in {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}}
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
        (tmp_path / name).write_text(SAFE[name] + "\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    program = (
        "from django.conf import settings as s; print(s.SECRET_KEY, s.DATABASES['default']['PASSWORD'], s.REDIS_URL)"
    )
    done = manage("shell", "-v0", "-c", program, **environment, DATA_DIR=str(tmp_path))
    assert done.stdout.split() == [SAFE["SECRET_KEY"], "secret", SAFE["REDIS_URL"]], done.stderr


def test_with_nothing_set_a_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    program = "from django.conf import settings; print(settings.SECRET_KEY)"
    servers = {name: SAFE[name] for name in ("DATABASE_URL", "REDIS_URL")}
    first = manage("shell", "-v0", "-c", program, DATA_DIR=str(tmp_path), **servers).stdout
    second = manage("shell", "-v0", "-c", program, DATA_DIR=str(tmp_path), **servers).stdout
    assert first == second
    assert len(first.strip()) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
