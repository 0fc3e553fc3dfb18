"""What Lighthouse says of four pages of the demo organisation, from the web process as production runs it.

`make lighthouse` needs npx and Chromium. Lighthouse comes from the npm registry into a temporary folder, in the version
named here; it looks as a phone on a slow line does, which is its own default.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection

from benchmarks import report, server
from benchmarks.line import Line
from benchmarks.stock import point
from metrics.demo import build
from teams.models import User
from tests.production.serving import COOKIE, served, session_of

VERSION: Final = "12.8.2"
PAGES: Final = {
    "landing": "/",
    "team": "/teams/lantern/",
    "pathway": "/teams/lantern/pathways/patch-and-review/",
    "contributors": "/teams/lantern/contributors/",
}
CATEGORIES: Final = ("performance", "accessibility", "best-practices")
LEAST: Final = 95
#: Of so many runs of a page the middle one counts.
RUNS: Final = int(os.environ.get("RUNS", "3"))
DATABASE: Final = "lighthouse"
FLAGS: Final = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


@contextmanager
def demo() -> Iterator[None]:
    """The demo organisation in a database of its own."""
    home = connection.settings_dict["NAME"]
    drop = f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"
    with connection.cursor() as cursor:
        cursor.execute(drop)
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    point(DATABASE)
    try:
        call_command("migrate", verbosity=0)
        call_command("load_lifecycle", verbosity=0)
        build.build({})
        yield
    finally:
        point(home)
        with connection.cursor() as cursor:
            cursor.execute(drop)


def seen(folder: Path, address: str, session: str) -> dict[str, float]:
    """The scores of one run, 0 to 100, by category."""
    told = folder / "told.json"
    headers = json.dumps({"Cookie": f"{COOKIE}={session}"})
    words = ["npx", "--yes", f"lighthouse@{VERSION}", address, "--quiet", "--output=json", f"--output-path={told}"]
    words += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}", f"--extra-headers={headers}"]
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    home = {"npm_config_cache": str(folder / "npm"), "PUPPETEER_SKIP_DOWNLOAD": "1", "CHROME_PATH": chromium}
    subprocess.run(words, cwd=folder, env={**os.environ, **home}, check=True)
    found = json.loads(told.read_text(encoding="utf-8"))
    for each in found["audits"].values():
        if each["score"] is not None and each["score"] < 0.9:
            print(f"  {each['id']}: {each['score']} {each.get('displayValue', '')}", flush=True)
    return {name: 100 * found["categories"][name]["score"] for name in CATEGORIES}


def measure() -> list[Line]:
    """A line for each page and category."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="lifecycle-lighthouse-") as name, demo():
        folder = Path(name)
        session = session_of(User.objects.get(username="ada"))
        with served(folder, skip="admin") as address:
            for page, path in PAGES.items():
                print(f"{page}: {path}", flush=True)
                runs = [seen(folder, address + path, session) for _number in range(RUNS)]
                for category in CATEGORIES:
                    score = sorted(run[category] for run in runs)[RUNS // 2]
                    what = f"Lighthouse, {page}: {category.replace('-', ' ')}"
                    lines.append(Line(what, score, LEAST, unit="points", at_least=True, repeats=RUNS))
    return lines


def main() -> None:
    """Measure and print; the lines go into docs/benchmarks.md by hand, for another run of the others keeps them."""
    servers = server.servers()
    servers.join()
    try:
        lines = measure()
    finally:
        servers.leave()
    print(report.markdown(lines))


if __name__ == "__main__":
    main()
