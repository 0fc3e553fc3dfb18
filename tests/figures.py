"""Reads a page for its tables and figures: which table is not to be taken along, which figure is not explained."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from lifecycle.tables import FORMS

VOID: Final = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: A number as pages write it, with what it counts.
NUMBER: Final = re.compile(r"[+\N{MINUS SIGN}]?\d[\d,.]*( ?%| times| days?| d)?( \(.*\))?")
#: What is drawn: a picture has its table beside it.
DRAWN: Final = re.compile(r"</?(?:svg|g|rect|line|path|circle|use|text|tspan|title)\b[^>]*>")
#: Nobody and nothing: there is no list to lead to.
NOUGHT: Final = re.compile(r"0( .*)?")
#: The views that explain numbers.
EXPLAINS: Final = {
    *("teams:insights-number", "teams:portfolio-number", "metrics:import-figure", "metrics:number"),
    *("metrics:active-contributors", "metrics:conversions", "metrics:conversion-rate", "metrics:time-to-level"),
    *("metrics:joining", "metrics:retention", "metrics:drifting", "metrics:flow", "metrics:prospects", "metrics:steps"),
    "metrics:share-of-work",
}
#: Tables of a view that have no files of their own: how many, and why.
ONE_FILE, TRIED = "the picture after it and this one are in one file", "it was tried and rolled back: nothing is so"
NO_FILES: Final = {
    "metrics:numbers": (1, ONE_FILE),
    "pathways:pathway": (1, ONE_FILE),
    "pathways:likeness-reach": (3, TRIED),
}
#: Figures of a view that nothing was counted for: where they stand, and why.
NOT_COUNTED: Final = {
    **{("pathways:pathway", head): "somebody wrote it" for head in ("No.", "Before", "After")},
    **{("metrics:import", head): "a place in the file" for head in ("Line", "Column")},
    **{("pathways:likeness-reach", head): TRIED for head in ("How sure", "Now", "After")},
}


@dataclass(eq=False)
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    parts: "list[Element | str]" = field(default_factory=list)

    def __iter__(self) -> "Iterator[Element]":
        """Itself and all below it, in the order of the page."""
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part

    def ancestors(self) -> "Iterator[Element]":
        """Those around it, from the inside, itself first."""
        at: Element | None = self
        while at is not None:
            yield at
            at = at.parent

    def within(self, *tags: str) -> "Element | None":
        """The innermost of some tags around it."""
        return next((each for each in self.ancestors() if each.tag in tags), None)

    def has(self, name: str) -> bool:
        """Whether it is of a class."""
        return name in self.attributes.get("class", "").split()

    def links(self) -> list[str]:
        """The addresses that it and all below it lead to."""
        return [each.attributes["href"] for each in self if each.tag == "a" and "href" in each.attributes]

    @property
    def text(self) -> str:
        """What is read there, but for what is said to those alone who hear it."""
        told = [part if isinstance(part, str) else part.text for part in self.parts]
        return "" if self.has("visually-hidden") else " ".join("".join(told).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.parts.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.parts.append(Element(tag, {}, self.at))

    def handle_endtag(self, tag: str) -> None:
        opened = self.at.within(tag)
        if opened is not None and opened.parent is not None:
            self.at = opened.parent

    def handle_data(self, data: str) -> None:
        self.at.parts.append(data)


def main_of(body: str) -> Element:
    """The middle of a page, without its pictures."""
    reader = _Reader()
    reader.feed(DRAWN.sub("", body[body.index("<main") : body.index("</main>")]))
    return reader.root


def faults(body: str, view: str) -> list[str]:
    """What a reader of the page of a view misses."""
    main = main_of(body)
    allowed, _why = NO_FILES.get(view, (0, ""))
    tables = [f"no files of the table {each!r}" for each in untaken(main)[allowed:]]
    return tables + [f"no explanation of {each}" for each in unexplained(main, view)]


def untaken(main: Element) -> list[str]:
    """The tables that no pair of files follows before the next table, and that no link of the page has as a whole."""
    order = [each for each in main if each.tag == "table" or each.has("take")]
    found = [
        table.text[:60]
        for table, then in zip(order, [*order[1:], None], strict=False)
        if table.tag == "table" and not (then and then.has("take") and _forms(then) == set(FORMS))
    ]
    loose = {form for each in main if each.tag == "a" and not _is_taken(each) for form in _forms(each)}
    return found[1:] if loose == set(FORMS) else found


def _is_taken(link: Element) -> bool:
    return any(each.has("take") for each in link.ancestors())


def _forms(element: Element) -> set[str]:
    """The forms of files that are linked there."""
    paths = [urlsplit(address).path for address in element.links()]
    return {form for form in FORMS for path in paths if path.endswith(f".{form}")}


def unexplained(main: Element, view: str) -> list[str]:
    """The figures that lead nowhere, in a place that explains nothing either."""
    if view in EXPLAINS:
        return []
    found = [each for each in main if _is_figure(each) and not _is_explained(each)]
    return [f"{_head(each)}: {each.text}" for each in found if (view, _head(each)) not in NOT_COUNTED]


def _is_figure(element: Element) -> bool:
    if not (element.has("figure") or element.tag in {"td", "dd"}) or any(each.tag == "time" for each in element):
        return False
    return bool(NUMBER.fullmatch(element.text)) and not NOUGHT.fullmatch(element.text)


def _is_explained(figure: Element) -> bool:
    """It is a link or holds one; the head of its row is one; or its section tells how it is counted."""
    if figure.links() or figure.within("a"):
        return True
    row = figure.within("tr")
    if row is not None and (
        any(cell.tag == "th" and cell.links() for cell in row) or any(_view(link) in EXPLAINS for link in row.links())
    ):
        return True
    places = [place for place in figure.ancestors() if place.tag in {"figure", "section"}]
    return any(_explains(each) for place in places for each in place)


def _explains(element: Element) -> bool:
    """Whether it tells how something is counted, or leads there by words."""
    if element.tag == "details":
        return element.has("explain")
    words = "" if element.tag != "a" else element.text
    return bool(words) and not NUMBER.fullmatch(words) and _view(element.attributes.get("href", "")) in EXPLAINS


def _view(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def _head(figure: Element) -> str:
    """What a failure calls the figure."""
    return figure.attributes.get("data-label") or (figure.parent.text[:50] if figure.parent else "")
