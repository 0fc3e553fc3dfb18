"""Bad files: one clear sentence with line and column, nothing imported, and the worker goes on."""

import gzip

import pytest

from metrics import reports
from metrics.models import Contribution, Import
from pathways.models import Contributor, Kind
from tests.metrics.files import HEADER, deliver, file_of, row, source_for

GOOD = row(1)
WIDE = "commit,author_name,author_email,author_ts,kind"

BAD = {
    "not UTF-8": (file_of(GOOD) + "c2,Émile,e@x.example,1,\n".encode("latin-1"), 3, 2, "Not UTF-8 (byte 0xC9)"),
    "UTF-16": (file_of(GOOD).decode().encode("utf-16"), 1, 1, "UTF-16 format"),
    "empty": (b"", 1, 1, "The file is empty"),
    "only blank lines": (b"\n\n\n", 3, 1, "The file is empty"),
    "only a header": (file_of(), 1, 1, "a header and no rows"),
    "cut in a quoted cell": (file_of(GOOD) + b'c2,"Ann, the\nfirst', 3, 2, "ends inside a quoted cell"),
    "cut in a row": (file_of(GOOD) + b"c2,Ann,ann@", 3, 4, "The row has 3 cells, the header has 5"),
    "wrong header": (b"a,b\n1,2\n", 1, 1, "lacks commit; author_ts or author_date; author_email or author_name"),
    "wrong header says what it found": (b"a,b\n1,2\n", 1, 1, "Found: a, b."),
    "bars": (b"commit|author_ts|name\n", 1, 1, "must be separated by commas, semicolons or tabs"),
    "sums": (b"Member,Company,Role,First Seen,Last Seen,Activity Count,Tags\n", 1, 1, "holds sums for each person"),
    "header twice": (b"commit,name,Commit,author_ts\n", 1, 3, "stands twice in the header, first as column 1"),
    "no such day": (file_of(GOOD, "c2,Ann,,,2026-02-30"), 3, 5, "“2026-02-30” is no date"),
    "no such day beside a timestamp": (file_of("c2,Ann,,1,2026-02-30T10:00:00Z"), 2, 5, "is no date"),
    "no offset": (file_of("c2,Ann,,,2026-02-28T10:00:00"), 2, 5, "does not say its offset"),
    "a time past the end of time": (file_of(row(ts=99999999999999999)), 2, 4, "is no Unix time"),
    "no time": (file_of(row(ts="")), 2, 5, "The time is missing"),
    "no id": (file_of(",Ann,,1,"), 2, 1, "The row has no id"),
    "nobody": (file_of("c1,,,1,"), 2, 3, "Nobody is named"),
    "nobody but blanks": (file_of("c1,\u200b,,1,"), 2, 3, "Nobody is named"),
    "ten million characters": (file_of(GOOD, "c2," + "x" * 10_000_000 + ",a@x.example,1,"), 3, 2, "131072 bytes"),
    "long name": (file_of(row(name="x" * 201)), 2, 2, "longer than 200 characters"),
    "5,000 columns in the header": (",".join(f"c{n}" for n in range(5000)).encode(), 1, 201, "has 5000 columns"),
    "5,000 columns in a row": (file_of("," * 4999), 2, 6, "The row has 5000 cells, the header has 5"),
    "NUL": (file_of(row(name="A\0nn")), 2, 2, "NUL"),
    "NUL in the header": (HEADER.replace("name", "na\0me").encode(), 1, 2, "NUL"),
    "a web page": (b"<!doctype html><html>", 1, 1, "web page"),
    "what Perceval writes": (b'{"backend_name": "Git", "data": {}}\n', 1, 1, "This is JSON"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", 1, 1, "Excel format"),
    "damaged gzip": (gzip.compress(file_of(GOOD) * 50)[:60], 1, 1, "gzip file is damaged"),
    "carriage returns": (file_of(GOOD).replace(b"\n", b"\r"), 1, 5, "carriage return"),
    "a quote in the wrong place": (file_of('c1,"A"nn,a@x.example,1,'), 2, 2, "A quote stands where none may"),
    "kinds without end": (
        file_of(*(f"c{n},Ann,,1,kind {n}" for n in range(60)), header=WIDE),
        1,
        1,
        "60 kinds of contribution are new",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_one_clear_sentence_and_nothing_imported(case: str) -> None:
    content, line, column, sentence = BAD[case]
    source = source_for()
    kinds = Kind.objects.count()
    delivery = deliver(source, content)
    assert delivery.state == Import.State.REJECTED
    first = delivery.errors[0]
    assert (first["line"], first["column"]) == (line, column), first
    assert sentence in first["reason"]
    told = f"Nothing was imported, because of line {line}, column {column}: {first['reason']}"
    assert reports.report_of(delivery).sentence == told
    assert not Contribution.objects.exists()
    assert not Contributor.objects.exists()
    assert Kind.objects.count() == kinds


@pytest.mark.django_db
def test_the_worker_goes_on_after_a_bad_file() -> None:
    source = source_for()
    bad, good = deliver(source, b"\xff", work=False), deliver(source, file_of(GOOD))
    bad.refresh_from_db()
    assert (bad.state, good.state) == (Import.State.REJECTED, Import.State.DONE)
    assert Contribution.objects.count() == 1


@pytest.mark.django_db
def test_all_problems_are_counted_and_the_first_200_listed() -> None:
    delivery = deliver(source_for(), file_of(*(row(number, ts="soon") for number in range(300)), row(1000)))
    assert (delivery.rows, delivery.rejected, len(delivery.errors), delivery.new) == (301, 300, 200, 0)
    assert delivery.errors[199]["line"] == 201
    assert delivery.errors[0] == {
        "line": 2,
        "column": 4,
        "field": "author_ts",
        "reason": "“soon” is no Unix time in seconds.",
        "cells": ["c0", "Ann", "ann@home.example", "soon", ""],
    }


@pytest.mark.django_db
def test_an_empty_delivery_counts_when_somebody_vouches_for_the_day() -> None:
    source = source_for()
    day = source.pathway.opened_on
    delivery = deliver(source, file_of(), complete_to=day)
    source.refresh_from_db()
    assert (delivery.state, delivery.rows, source.complete_to) == (Import.State.DONE, 0, day)
