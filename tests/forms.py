"""Sends back what a page's form shows, as a browser would."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    """The values of the fields of a page, by name. Templates of empty rows (`__prefix__`) are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if "__prefix__" in name or name == "csrfmiddlewaretoken":
            return
        if tag == "input" and name and found.get("type") not in {"submit", "file", "image"}:
            if found.get("type") in {"checkbox", "radio"} and "checked" not in found:
                return
            self.data[name] = found.get("value") or ("on" if found.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.data[self._select] = found.get("value") or ""
        elif tag == "textarea":
            self._textarea = name
            self.data[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.data[self._textarea] += data


def posted_as_shown(response: Any) -> dict[str, str]:
    """The fields of the page with their values. A textarea's first line break is the page's, not the value's."""
    form = _Form()
    form.feed(response.content.decode())
    return {name: value.removeprefix("\r\n").removeprefix("\n") for name, value in form.data.items()}
