"""Takes the pictures: starts a demo in a folder of its own, logs in as each reader, and ends it again.

    python -m tests.screenshots [part of a file's name ...]

The demo counts its days back from today, so dates move with the day on which this runs; nothing else does.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import launch
from tests.screenshots.pictures import PICTURES, Picture
from tests.screenshots.png import smaller

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH = 1280


@contextlib.contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a fresh demo, and who logs in with which password."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        command = [sys.executable, "manage.py", "demo"]
        surroundings = {**os.environ, "DATA_DIR": folder, "PYTHONUNBUFFERED": "1"}
        child = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True)
        try:
            yield told_by(child)
        finally:
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=60)


def told_by(child: subprocess.Popen[str]) -> tuple[str, dict[str, str]]:
    """What the demo prints once it answers; the admin's log-in comes last."""
    address, passwords = "", {}
    for line in child.stdout or ():
        if found := re.search(r"answers at (\S+)/ ", line):
            address = found[1]
        elif found := re.match(r"  (\w+) +(\S+) ", line):
            passwords[found[1]] = found[2]
            if found[1] == "ada":
                return address, passwords
    raise SystemExit("The demo did not start.")


def logged_in(browser: Browser, address: str, reader: str, password: str) -> Page:
    """A window of that reader, light and still."""
    context = browser.new_context(
        base_url=address, viewport={"width": WIDTH, "height": 800}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address or user name").fill(reader)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("/")
    return page


def take(page: Page, picture: Picture) -> bytes:
    """The page as far as the picture goes, from its top on down."""
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    page.goto(picture.address, wait_until="networkidle")
    picture.done(page)
    page.wait_for_load_state("networkidle")
    top = page.locator(picture.top).first
    top.evaluate("top => scrollTo(0, top.getBoundingClientRect().top + scrollY - (top === document.body ? 0 : 16))")
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    return page.screenshot(animations="disabled")


def main(wanted: list[str]) -> None:
    """All pictures, or those whose file's name holds one of the words."""
    pictures = [each for each in PICTURES if not wanted or any(word in each.file for word in wanted)]
    with demo() as (address, passwords), sync_playwright() as playwright:
        browser = launch(playwright)
        blank = browser.new_page()
        windows = {name: logged_in(browser, address, name, passwords[name]) for name in {p.reader for p in pictures}}
        for picture in pictures:
            content = smaller(blank, take(windows[picture.reader], picture))
            file = ROOT / "docs" / picture.file
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            print(f"{file.relative_to(ROOT)}: {len(content) / 1000:.0f} kB", flush=True)
        browser.close()


main(sys.argv[1:])
