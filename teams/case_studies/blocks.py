"""Plain text as people type it: paragraphs between empty lines, and lists of lines that begin with a dash."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list, of its lines."""

    is_list: bool
    lines: tuple[str, ...]


def blocks(words: str) -> list[Block]:
    """The blocks of a text, in order. Nothing of it is lost but empty lines and the dashes of lists."""
    found: list[Block] = []
    run: list[str] = []
    is_list = False
    for line in [*words.splitlines(), ""]:
        text = line.strip()
        dashed = text.startswith("- ")
        if run and (not text or dashed != is_list):
            found.append(Block(is_list, tuple(run)))
            run = []
        if text:
            is_list = dashed
            run.append(text.removeprefix("- ").strip() if dashed else text)
    return found
