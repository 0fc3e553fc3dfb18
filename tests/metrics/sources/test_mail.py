"""Mail archives of Perceval: a message counts once in whatever archive, and its sender is read in every shape."""

import pytest

from metrics.sources.perceval import mbox
from tests.metrics.sources import items
from tests.metrics.sources.reading import told


@pytest.mark.parametrize("backend", ["MBox", "Pipermail", "HyperKitty", "Groupsio"])
def test_a_message_counts_once_in_whatever_archive(backend: str) -> None:
    rows, _passed = told(items.mbox() | {"backend_name": backend, "origin": f"https://{backend}.example"})
    assert rows == [("comment", "mail:<1@home.example>", "", "", "Ann", "ann@home.example")]


def test_the_headers_of_mail_are_spelled_in_any_case() -> None:
    item = items.mbox()
    item["data"] = {name.lower(): value for name, value in item["data"].items()}
    assert told(item)[0] == told(items.mbox())[0]


@pytest.mark.parametrize(
    ("header", "name", "email"),
    [
        ("Ann <ann@home.example>", "Ann", "ann@home.example"),
        ('"Last, First" <a@b.example>', "Last, First", "a@b.example"),
        ('"A \\"Q\\" B" <a@b.example>', 'A "Q" B', "a@b.example"),
        ("ann@home.example (Ann)", "Ann", "ann@home.example"),
        ("ann at home.example (Ann Ode)", "Ann Ode", "ann@home.example"),
        ("ann at home.example", "", "ann@home.example"),
        ("Ann <ann at home.example>", "Ann", "ann@home.example"),
        ("ann@home.example", "", "ann@home.example"),
        ("<ann@home.example>", "", "ann@home.example"),
        ("=?UTF-8?Q?Ann_=C3=96de?= <ann@home.example>", "Ann Öde", "ann@home.example"),
        ("=?iso-8859-1?q?Andr=E9?=\n =?utf-8?b?IMOWZGU=?= <a@b.example>", "André Öde", "a@b.example"),
        ("a at b.example (=?UTF-8?Q?=C3=96de?=)", "Öde", "a@b.example"),
        ("=?UTF-8?Q?Ann_=3Cann=40home=2Eexample=3E?=", "Ann", "ann@home.example"),
        ("=?no-such-charset?Q?Ann?= <a@b.example>", "Ann", "a@b.example"),
        ("=?UTF-8?B?ABCDE?= <a@b.example>", "=?UTF-8?B?ABCDE?=", "a@b.example"),
        ("Jos\udced <a@b.example>", "Jos\ufffd", "a@b.example"),
        ("Ann <ann@home.example>, Bo <bo@home.example>", "Ann", "ann@home.example"),
        ("Ann", "Ann", ""),
    ],
)
def test_a_sender_in_every_shape(header: str, name: str, email: str) -> None:
    ((_kind, _key, _realm, _username, *who),), _passed = told(items.mbox(From=header))
    assert who == [name, email]


def test_an_encoded_word_never_raises() -> None:
    for charset in ("utf-16", "idna", "punycode", "unicode_escape", "rot13", "base64", "undefined", "utf-7", "hz"):
        mbox.decoded(f"=?{charset}?Q?=FF=FE=00?= <a@b.example>")
