"""One stylesheet and one script for the browser, of the many in `static/`: each import replaced by what it names.

The sources stay as browsers read them, one component a file, and `static/css/app.css` and `static/js/app.js` list
them. A finder of static files, so that everybody sees the same two: collectstatic, gunicorn in `manage.py demo`,
runserver, and the tests.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

STYLE: Final = re.compile(r'^@import url\("(?P<part>[^"]+)"\) layer\((?P<layer>\w+)\)(?: (?P<media>[^;]+))?;$', re.M)
SCRIPT: Final = re.compile(r'^import "(?P<part>[^"]+)";$', re.M)
#: What would mean something else in another folder, or behind other rules. An anchor of the page (#) is no address.
ASTRAY: Final = re.compile(r'@import|@charset|url\((?!"?(?:#|data:))|^\s*(?:import|export)\b', re.M)

#: Django's words for these; in the class `list` is a method.
Messages = list[CheckMessage]
Found = str | list[str]


def layer(found: re.Match[str], text: str) -> str:
    """A part of the stylesheet, in its layer."""
    part = f"@layer {found['layer']} {{\n{text}}}\n"
    return f"@media {found['media']} {{\n{part}}}\n" if found["media"] else part


def script(found: re.Match[str], text: str) -> str:
    """A part of the script, as it is."""
    return text


def bundled(source: Path, imports: re.Pattern[str], put: Callable[[re.Match[str], str], str]) -> str:
    """The text of a file with its imports filled in, in their order."""

    def fill(found: re.Match[str]) -> str:
        part = source.parent / found["part"]
        text = part.read_text(encoding="utf-8")
        if astray := ASTRAY.search(text):
            raise ImproperlyConfigured(f"{part.name} is bundled, and cannot have “{astray[0]}” in it.")
        return put(found, text)

    text = imports.sub(fill, source.read_text(encoding="utf-8"))
    if left := re.search(r"^@?import\b.*$", text, re.M):
        raise ImproperlyConfigured(f"{source.name} has an import of another form: {left[0]}")
    return text


class BundleFinder(BaseFinder):
    """Finds `app.css` and `app.js`, which are made when they are asked for, and again when a part has changed."""

    def __init__(self, sources: Path | None = None, bundles: Path | None = None) -> None:
        sources = sources or settings.BASE_DIR / "static"
        self.storage = FileSystemStorage(location=bundles or settings.DATA_DIR / "bundles")
        self.made = {
            "app.css": (sources / "css" / "app.css", STYLE, layer),
            "app.js": (sources / "js" / "app.js", SCRIPT, script),
        }

    def check(self, **kwargs: Any) -> Messages:
        """Nothing that the first use would not say."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Found:  # type: ignore[override]  # overloaded
        """Where the bundle of that name lies; nothing for other names."""
        found = [self._make(path)] if path in self.made else []
        return found if find_all else found[0] if found else []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Both."""
        for name in self.made:
            self._make(name)
            yield name, self.storage

    def _make(self, name: str) -> str:
        """Write it if it is another one than the one that lies there; in one go, for others read it meanwhile."""
        text = bundled(*self.made[name])
        file = Path(self.storage.path(name))
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f"{name}.{os.getpid()}")
            draft.write_text(text, encoding="utf-8")
            draft.replace(file)
        return str(file)
