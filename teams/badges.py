"""The badge of a team: its stage and the day, as a picture that other pages embed once the team has made it public."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from lifecycle import clock
from teams.case_studies import may_write
from teams.models import Team, User
from teams.promotion import held

#: The five stage hues of the light sheet (static/css/tokens.css) as every renderer knows them; white text on each of
#: them reaches 4.5:1, so the badge reads the same on a light page and on a dark one.
COLOURS: Final = ("#007781", "#266ea4", "#6f59a6", "#9b467a", "#995425")
LABEL_COLOUR: Final = "#3b414b"

#: What XML cannot hold, even escaped.
UNSPEAKABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Units that a character takes, by how wide East Asian typography calls it; and the room at both ends of a text.
WIDE, NARROW, ROOM = 12, 7, 8


@dataclass(frozen=True)
class Field:
    """One half of the badge: its words in a coloured box. The text is fitted to its width, whatever font is there."""

    words: str
    colour: str
    x: int

    @property
    def text_width(self) -> int:
        """Of the words alone."""
        return sum(WIDE if unicodedata.east_asian_width(each) in "WF" else NARROW for each in self.words)

    @property
    def text_x(self) -> int:
        """Where the words begin."""
        return self.x + ROOM

    @property
    def width(self) -> int:
        """Of the box."""
        return self.text_width + 2 * ROOM

    @property
    def end(self) -> int:
        """Where the box ends."""
        return self.x + self.width


@dataclass(frozen=True)
class Badge:
    """The picture, ready for its template."""

    title: str
    fields: tuple[Field, Field]

    @property
    def width(self) -> int:
        """Of the picture."""
        return self.fields[-1].end


@dataclass(frozen=True)
class Codes:
    """How the badge is embedded elsewhere."""

    address: str
    html: str
    markdown: str


def badge_of(team: Team) -> Badge:
    """The team's stage as of today."""
    told = {"team": team.name, "stage": team.stage.name, "short": team.stage.short_name}
    told["day"] = date_format(clock.today(), "j M Y")
    told = {key: UNSPEAKABLE.sub("", words) for key, words in told.items()}
    label = Field(_("Lifecycle"), LABEL_COLOUR, 0)
    colour = COLOURS[(team.stage.order - 1) % len(COLOURS)]
    return Badge(
        title=_("%(team)s: %(stage)s, as of %(day)s") % told,
        fields=(label, Field(_("%(short)s · %(day)s") % told, colour, label.end)),
    )


def codes_of(team: Team, absolute: Callable[[str], str]) -> Codes:
    """HTML and Markdown to copy; `absolute` gives an address its host."""
    address = absolute(reverse("teams:badge", args=[team.slug]))
    words = _("Lifecycle stage of %(team)s") % {"team": team}
    return Codes(
        address=address,
        html=format_html('<img src="{}" alt="{}" height="22">', address, words),
        markdown="![{}]({})".format(re.sub(r"([\\\[\]])", r"\\\1", words), address),
    )


def switch(team: Team, *, actor: User, is_public: bool) -> Team:
    """Shows the badge to everybody, or to the team's readers alone. Raises PermissionDenied, Busy."""
    with held(team) as locked:
        may_write(locked, actor)
        locked.has_public_badge = is_public
        locked.save(update_fields=["has_public_badge"])
        return locked
