"""One item of Perceval: the envelope around what a backend fetched."""

from collections.abc import Callable, Iterable
from typing import Any

from metrics.sources import Options, Raw
from metrics.sources.acts import Place, host, realm
from metrics.sources.nodes import Node

#: A contribution, or why what stands there is none, in words that many share: they are counted.
Told = Raw | str


class Item:
    """An item, its line, and what a person has said about the source."""

    __slots__ = ("line", "options", "value")

    def __init__(self, value: dict[str, Any], line: int, options: Options) -> None:
        self.value, self.line, self.options = value, line, options

    @property
    def data(self) -> Node:
        """What the backend fetched."""
        return Node(self.value).node("data")

    @property
    def address(self) -> str:
        """Where it was fetched."""
        return Node(self.value).text("origin")

    @property
    def origin(self) -> str:
        """The host of it, in one spelling."""
        return host(self.address)

    def place(self, product: str) -> Place:
        """Where its accounts and ids are known: the product on that host."""
        return Place(self.line, realm(product, self.origin))


Family = Callable[[Item], Iterable[Told]]
