"""No log keeps the key in an address, nor what somebody searched for."""

import io
import logging
import runpy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from lifecycle.logs import masked
from tests.conftest import People
from tests.policy import POLICY, PUBLIC
from tests.world import world_of

pytestmark = pytest.mark.django_db
#: Open to everybody who knows it, and no secret: a badge is made to be shown.
SHOWN = {"teams:badge"}
#: Which of its tables is asked for is none either.
TABLE = "name"
RESET = "/accounts/password/reset/key/4-dd1q2w-a1b2c3d4e5/"


def test_no_address_that_is_a_key_is_kept(people: People) -> None:
    """Each that lets in whoever has it, and each that tells an e-mail address to be true: of all the routes."""
    world = world_of(people.team)
    keyed: dict[str, list[str]] = {
        reverse(name, kwargs=where): [str(part) for each, part in where.items() if each != TABLE]
        for name, rule in POLICY.items()
        if name not in SHOWN
        and (where := rule.parts(world))
        and (PUBLIC in (rule.get, rule.post) or name.endswith("-change"))
    } | {RESET: ["4-dd1q2w-a1b2c3d4e5"]}
    assert len(keyed) > 5
    for address, parts in keyed.items():
        line = f'"GET {address}?name=Ann HTTP/1.1" 200 12 "https://lifecycle.example{address}" "?"'
        kept = masked(line)
        assert not [part for part in [*parts, "Ann"] if part in kept], kept
        assert kept.count("/") == line.count("/"), "where it was stays to be seen"


def test_what_is_no_key_stays() -> None:
    for line in ("GET /teams/lantern/data/ HTTP/1.1", "Is it done? Yes.", "GET /accounts/login/ HTTP/1.1"):
        assert masked(line) == line


def test_gunicorn_writes_its_access_log_so(caplog: pytest.LogCaptureFixture) -> None:
    runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
    log = logging.getLogger("gunicorn.access")
    atoms = {"r": "POST /hooks/github/5e0c/?q=Ann HTTP/1.1", "s": "202", "f": "http://localhost/shared/k3y/"}
    with caplog.at_level(logging.INFO, log.name):
        log.info('"%(r)s" %(s)s "%(f)s"', atoms)
    assert caplog.messages == ['"POST /hooks/github/…/?… HTTP/1.1" 202 "http://localhost/shared/…/"']


def test_django_names_no_key_that_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    [console] = [each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler]
    monkeypatch.setattr(console, "stream", written := io.StringIO())
    Client().post("/hooks/github/6f9619ff-8b86-4d11-b42d-00c04fc964ff/")
    assert "Not Found: /hooks/github/…/" in written.getvalue()
