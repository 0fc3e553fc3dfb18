"""The badge: a sound picture whatever the names, seen by those the team shows it to, kept as long as it is true."""

import math
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.models import Stage
from teams import badges
from teams.models import Team
from tests.conftest import People
from tests.factories import StageFactory

ADDRESS = "/teams/lantern/badge.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def public(people: People) -> Team:
    return badges.switch(people.team, actor=people.activator, is_public=True)


@pytest.mark.usefixtures("clock", "public")
def test_everybody_sees_the_stage_and_the_day_once_it_is_public(people: People) -> None:
    response = Client().get(ADDRESS)
    picture = ElementTree.fromstring(response.content)
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert picture.findtext(f"{SVG}title") == "Lantern: Stage 1, as of 17 Jun 2026"
    assert picture.get("aria-labelledby") == "title"
    assert [each.text for each in picture.iter(f"{SVG}text")] == ["Lifecycle", "Stage 1 · 17 Jun 2026"]
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("public")
def test_it_is_kept_until_it_changes(people: People) -> None:
    response = Client().get(ADDRESS)
    assert response["Cache-Control"] == "public, max-age=3600"
    again = Client().get(ADDRESS, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    Team.objects.filter(pk=people.team.pk).update(stage=StageFactory.create(order=2))
    moved = Client().get(ADDRESS, headers={"If-None-Match": response["ETag"]})
    assert moved.status_code == 200
    assert badges.COLOURS[1] in moved.content.decode()


@pytest.mark.django_db
def test_before_that_only_its_readers_see_it(people: People) -> None:
    assert Client().get(ADDRESS).status_code == 404
    assert people.client("outsider").get(ADDRESS).status_code == 404
    response = people.client("viewer").get(ADDRESS)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache")


@pytest.mark.django_db
def test_the_team_switches_it(people: People) -> None:
    client = people.client("activator")
    assert client.post("/teams/lantern/badge/", {"is_public": "on"}).status_code == 303
    assert Client().get(ADDRESS).status_code == 200
    body = client.get("/teams/lantern/case-study/").content.decode()
    assert "&lt;img src=&quot;http://testserver/teams/lantern/badge.svg&quot;" in body
    assert "![Lifecycle stage of Lantern](http://testserver/teams/lantern/badge.svg)" in body
    assert client.post("/teams/lantern/badge/").status_code == 303
    assert Client().get(ADDRESS).status_code == 404
    for actor in (people.viewer, people.outsider):
        with pytest.raises(PermissionDenied):
            badges.switch(people.team, actor=actor, is_public=True)


@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80), order=st.integers(1, 9))
def test_whatever_the_names_it_is_sound_xml(name: str, order: int) -> None:
    stage = Stage(order=order, slug="one", name="One", short_name=f'{name}]]><script>"&\x08')
    badge = badges.badge_of(Team(slug="one", name=name, stage=stage))
    picture = ElementTree.fromstring(render_to_string("teams/badge.svg", {"badge": badge}))
    assert not list(picture.iter(f"{SVG}script"))
    title = picture.findtext(f"{SVG}title") or ""
    assert badges.UNSPEAKABLE.sub("", name).replace("\r\n", "\n").replace("\r", "\n") in title
    assert {each.tag for each in picture.iter()} == {f"{SVG}{tag}" for tag in ("svg", "title", "rect", "text")}


def test_the_codes_hold_no_way_out() -> None:
    codes = badges.codes_of(Team(slug="one", name='](x)<b>"'), lambda path: f"https://here.example{path}")
    assert codes.markdown == r'![Lifecycle stage of \](x)<b>"](https://here.example/teams/one/badge.svg)'
    assert "<b>" not in codes.html


def luminance(rgb: Sequence[float]) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))


def linear(colour: str) -> list[float]:
    """A hexadecimal sRGB colour in linear light."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def linear_of(lightness: float, chroma: float, hue: float) -> list[float]:
    """An oklch colour in linear light, cut to what sRGB can show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return [min(max(part, 0), 1) for part in parts]


def test_its_colours_are_the_stages_and_white_is_read_on_them() -> None:
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text(encoding="utf-8")
    hues = {name: float(hue) for name, hue in re.findall(r"--(hue-\d): (\d+);", tokens)}
    stages = re.findall(r"--stage-\d: light-dark\(oklch\((\d+)% ([\d.]+) var\(--(hue-\d)\)\)", tokens)
    assert len(stages) == len(badges.COLOURS)
    for colour, (lightness, chroma, hue) in zip(badges.COLOURS, stages, strict=True):
        wanted = linear_of(float(lightness) / 100, float(chroma), hues[hue])
        assert linear(colour) == pytest.approx(wanted, abs=0.005)
    for colour in (*badges.COLOURS, badges.LABEL_COLOUR):
        assert 1.05 / (luminance(linear(colour)) + 0.05) >= 4.5
