"""The one stylesheet and the one script say what the many say, in their order, and nobody is left out."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured

from lifecycle.bundles import STYLE, BundleFinder, bundled, layer

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.css").write_text(
        '@layer base, print;\n@import url("a.css") layer(base);\n@import url("b.css") layer(print) print;\n'
    )
    (tmp_path / "a.css").write_text("a { color: red; }\n")
    (tmp_path / "b.css").write_text("b { fill: url(#hatch); }\n")
    return tmp_path


def made(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found).read_text()


def test_imports_become_layers_in_their_order(folder: Path) -> None:
    assert bundled(folder / "app.css", STYLE, layer) == (
        "@layer base, print;\n"
        "@layer base {\na { color: red; }\n}\n\n"
        "@media print {\n@layer print {\nb { fill: url(#hatch); }\n}\n}\n\n"
    )


@pytest.mark.parametrize("line", ['@import url("c.css");', "i { background: url(c.png); }", '@charset "utf-8";'])
def test_a_part_that_would_mean_something_else_is_refused(folder: Path, line: str) -> None:
    (folder / "a.css").write_text(f"{line}\n")
    with pytest.raises(ImproperlyConfigured, match=r"a\.css is bundled"):
        bundled(folder / "app.css", STYLE, layer)


def test_an_import_without_a_layer_is_refused(folder: Path) -> None:
    (folder / "app.css").write_text('@import url("a.css");\n')
    with pytest.raises(ImproperlyConfigured, match="another form"):
        bundled(folder / "app.css", STYLE, layer)


def test_every_component_and_every_script_is_in() -> None:
    style, script = made("app.css"), made("app.js")
    parts = [file for file in (STATIC / "css" / "components").iterdir() if file.suffix == ".css"]
    assert [file.name for file in parts if file.read_text() not in style] == []
    scripts = [file for file in (STATIC / "js").iterdir() if file.name != "app.js"]
    assert [file.name for file in scripts if file.read_text() not in script] == []
    assert not re.search(r"^@?import", style + script, re.M)


def test_a_changed_part_is_served_at_once(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    for name in ("app.css", "a.css", "b.css"):
        (folder / name).rename(tmp_path / "css" / name)
    finder = BundleFinder(tmp_path, tmp_path / "bundles")
    for colour in ("red", "blue"):
        (tmp_path / "css" / "a.css").write_text(f"a {{ color: {colour}; }}\n")
        assert f"color: {colour}" in Path(str(finder.find("app.css"))).read_text()
    assert finder.find("css/a.css") == []
