"""Damaged logs: the place of the damage is known, and the report names it."""

import gzip
import random
import zlib
from collections.abc import Callable

import pytest

from metrics.sources import git
from tests.metrics.test_git import HASH, line, log_of, problems

LINES = 40
SOUND = log_of(
    *(
        line(
            f"{number:040x}",
            HASH if number else "",
            f"Ánn, {number}",
            email=f"a{number}@x.example",
            co="B <b@x.example>",
        )
        for number in range(LINES)
    )
)

#: By the number of the field: what spoils it.
SPOIL: dict[int, list[Callable[[bytes], bytes]]] = {
    1: [
        *(lambda text: text[:-1], lambda text: text + b"0", lambda text: b"g" + text[1:], lambda text: b""),
        *(lambda text: text[:-1] + b"A", lambda text: b"\xff" + text[1:], lambda text: b"0x" + text[2:]),
        lambda text: "\N{ARABIC-INDIC DIGIT ONE}".encode() + text[1:],
    ],
    2: [
        *(lambda text: text[:-1], lambda text: text + b" ", lambda text: text + b" abc", lambda text: b"x"),
        *(lambda text: text.upper(), lambda text: b"\xc3" + text[1:], lambda text: text + text),
    ],
    3: [
        *(
            lambda text: b"\xe9" + text,
            lambda text: text + b"\xc3",
            lambda text: b"\xed\xa0\x80",
            lambda text: b"x" * 201,
        ),
        *(lambda text: b"\xf0\x9f\x98", lambda text: text.decode().encode("latin-1"), lambda text: b"\xc0\x80"),
    ],
    4: [lambda text: b"\xfe" + text, lambda text: text[:3] + b"\x80" + text[3:], lambda text: b"x" * 255],
    5: [lambda text: b"\xfe" + text, lambda text: text + b"\xff", lambda text: b"\xc3\xa9" * 255],
    6: [
        *(lambda text: b"", lambda text: b"soon", lambda text: b"-1", lambda text: text + b".5", lambda text: b"1e9"),
        *(lambda text: b"NaN", lambda text: b"9" * 12, lambda text: b"9" * 13, lambda text: b"1" + b"0" * 400),
        *(lambda text: b"2026-02-30", lambda text: "\N{ARABIC-INDIC DIGIT ONE}".encode(), lambda text: b"1_000"),
        *(lambda text: b" " + text, lambda text: text + b"\r", lambda text: b"\x80"),
    ],
}
CASES = [(field, number) for field, ways in SPOIL.items() for number in range(len(ways))]


@pytest.mark.parametrize(("field", "way"), CASES)
def test_a_spoiled_field_is_named(field: int, way: int) -> None:
    for seed in range(5):
        at = random.Random(seed).randrange(1 if field in {1, 2} else 0, LINES)  # the first has no parents
        lines = SOUND.split(b"\n")
        fields = lines[at].split(b"\0")
        fields[field - 1] = SPOIL[field][way](fields[field - 1])
        lines[at] = b"\0".join(fields)
        (problem,) = problems(b"\n".join(lines))
        assert (problem.line, problem.column, problem.field) == (at + 1, field, git.NAMES[field - 1])
        assert problem.reason


@pytest.mark.parametrize("seed", range(30))
def test_a_field_too_many_or_too_few_is_named(seed: int) -> None:
    chance = random.Random(seed)
    at, lines = chance.randrange(1, LINES), SOUND.split(b"\n")
    cut = chance.randrange(41, len(lines[at].replace(b"\0", b"")) - 1)
    lines[at] = lines[at][:cut] + b"\0" + lines[at][cut:]
    (problem,) = problems(b"\n".join(lines))
    assert (problem.line, problem.column) == (at + 1, 8), "behind the last field that there should be"
    lines = SOUND.split(b"\n")
    fewer = chance.randrange(1, 7)
    lines[at] = b"\0".join(lines[at].split(b"\0")[:fewer])
    (problem,) = problems(b"\n".join(lines))
    assert (problem.line, problem.column, problem.field) == (at + 1, fewer + 1, git.NAMES[fewer])
    assert "instead of 7" in problem.reason


def test_a_file_cut_anywhere_names_the_place_of_the_cut() -> None:
    content = b"".join(SOUND.splitlines(keepends=True)[:4])
    for size in range(1, len(content)):
        before, rest = content[:size].count(b"\n"), content[:size].rpartition(b"\n")[2]
        found = [(problem.line, problem.column) for problem in problems(content[:size])]
        assert found == ([(before + 1, rest.count(b"\0") + 1)] if rest else []), size


def test_a_gzip_file_cut_anywhere_names_the_place_up_to_which_it_could_be_unpacked() -> None:
    noise = random.Random(1)
    content = log_of(*(line(f"{noise.getrandbits(160):040x}", name=f"{noise.random()}") for _ in range(60)))
    packed = gzip.compress(content)
    for size in range(20, len(packed), 7):
        unpacked = zlib.decompressobj(wbits=31).decompress(packed[:size])
        rest = unpacked.rpartition(b"\n")[2]
        (problem,) = problems(packed[:size])
        place = (unpacked.count(b"\n") + 1, rest.count(b"\0") + 1) if unpacked else (1, 1)
        assert (problem.line, problem.column) == place, size
        assert "gzip file is damaged" in problem.reason


FOREIGN = {
    "nothing": (b"", "The file is empty"),
    "UTF-16": (SOUND.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without its mark": (SOUND.decode().encode("utf-16-le"), "UTF-16"),
    "git log for people": (b"commit " + HASH.encode() + b"\nAuthor: Ann <a@x.example>\n", "prints for people"),
    "CSV": (b"commit,name,author_ts\nc1,Ann,1\n", "no git log in the format"),
    "another format of git log": (f"{HASH},Ann,a@x.example,2024-01-10\n".encode(), "no git log in the format"),
    "a web page": (b"<!doctype html>", "web page"),
    "Perceval": (b'{"backend_name": "Git"}\n', "Perceval"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", "Excel"),
    "PDF": (b"%PDF-1.7\n", "PDF"),
    "gzip in gzip": (gzip.compress(gzip.compress(SOUND)), "no git log in the format"),
    "a gzipped web page": (gzip.compress(b"<html>"), "web page"),
    "a gzipped tar": (gzip.compress(b"folder/\0\0\0\0\0"), "no git log in the format"),
    "noise": (random.Random(1).randbytes(300_000).replace(b"\n", b""), "no git log in the format"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_another_kind_of_file_is_refused_with_what_to_do(case: str) -> None:
    content, sentence = FOREIGN[case]
    (problem,) = problems(content)
    assert (problem.line, problem.column) == (1, 1)
    assert sentence in problem.reason
    assert git.COMMAND in problem.reason


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], tuple[int, int], str]] = {
    "zeros at the end": (lambda text: text + b"\0" * 4096, (LINES + 1, 7), "ends inside this line"),
    "lines run together": (lambda text: text.replace(b"\n", b"\r", 1), (1, 8), "The line has 13 fields"),
    "long trailers": (
        lambda text: text + line(co="x" * 140_000).encode() + b"\n" + text,
        (LINES + 1, 7),
        "longer than 131072 bytes",
    ),
    "a line without end": (
        lambda text: text + line(name="x" * 9_000_000).encode(),
        (LINES + 1, 3),
        "longer than 131072 bytes",
    ),
    "nobody": (lambda text: text + log_of(line(name="", email="")), (LINES + 1, 3), "Nobody is named"),
    "a blank for a name": (
        lambda text: text + log_of(line(name="\u200b", email="")),
        (LINES + 1, 3),
        "Nobody is named",
    ),
    "words between": (lambda text: text + b"warning: so\n" + text, (LINES + 1, 2), "The line has 1 field instead of 7"),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_to_the_file(case: str) -> None:
    damage, place, sentence = DAMAGE[case]
    (problem,) = problems(damage(SOUND))
    assert (problem.line, problem.column) == place
    assert sentence in problem.reason


def test_the_rest_of_the_file_is_read_for_the_report() -> None:
    content = log_of(line("?"), line(), line(time="soon"), line(), line("b" * 40))
    content = log_of(line()) + content
    assert [(problem.line, problem.column) for problem in problems(content)] == [(2, 1), (4, 6)]


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.sources.blocks.UNPACKED_LIMIT", 2_000)
    (problem,) = problems(gzip.compress(SOUND))
    assert "larger than 2000 bytes" in problem.reason
