"""Bearer tokens of the API: made, ended, and what somebody who shows one may do.

A token may do what its maker may, and no more than its scope, in one team: it ends with its maker's membership or
account, without anybody thinking of it.
"""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lifecycle import clock, read_only
from metrics.models import Token
from teams.access import Access, access_to
from teams.models import Membership, Team, User
from teams.refusals import Refused

Standing = Token.Standing
#: Days after today that a token is good for, at most.
LONGEST: Final = 365
#: What still opens something.
OPENS: Final = frozenset({Standing.GOOD, Standing.READS})
#: How every token begins, so that it is known for one where it should not stand: in a log, in a repository.
PREFIX: Final = "lifecycle_"


class Bearer(NamedTuple):
    """Who came with a good token."""

    token: Token
    may_write: bool


def make(team: Team, *, actor: User, name: str, scope: Token.Scope, expires_on: date) -> tuple[Token, str]:
    """A new token and its text, which is kept nowhere. For whoever may bring data in.

    Raises PermissionDenied, and Refused without a name or for a last day that is past or more than a year away.
    """
    if not access_to(actor, team).can_import:
        raise PermissionDenied
    if not name.strip():
        raise Refused(_("Say what uses the token, so that somebody knows later which one to end."))
    if not clock.today() <= expires_on <= clock.today() + timedelta(days=LONGEST):
        raise Refused(_("The last day is today or later, and at most a year away."))
    text = PREFIX + secrets.token_urlsafe(32)
    made = Token.objects.create(
        team=team, name=name.strip(), scope=scope, digest=_digest(text), expires_on=expires_on, made_by=actor
    )
    return made, text


def listed(team: Team) -> list[tuple[Token, Standing]]:
    """All of a team, with their makers and what they open: those never ended first, the youngest above. One query."""
    roles = Membership.objects.current().filter(user=OuterRef("made_by"), team=team).values("role")
    found = team.tokens.select_related("made_by").annotate(roles=ArraySubquery(roles))
    return [
        (token, standing_of(token, Access(maker.pk, frozenset(token.roles), maker.is_admin, team.state)))
        for token in found.order_by(F("revoked_at").desc(nulls_first=True), "-id")
        for maker in [token.made_by]
    ]


def standing_of(token: Token, access: Access) -> Standing:
    """What a token opens, if that is what its maker may do on the team."""
    if token.revoked_at:
        return Standing.ENDED
    if token.expires_on < clock.today():
        return Standing.OVER
    if not access.can_read:
        return Standing.LEFT
    return Standing.READS if token.scope == Token.Scope.WRITE and not access.can_import else Standing.GOOD


def end(token: Token) -> None:
    """From now on it opens nothing. Ending it twice is no fault."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now())


def bearer(text: str) -> Bearer | None:
    """Who comes with that text; nobody, if it is unknown, ended or over, or its maker may not read the team any more.

    Looked up by its digest: how long that takes tells nothing of the tokens there are.
    """
    token = Token.objects.filter(digest=_digest(text)).select_related("team__stage", "made_by").first()
    if token is None:
        return None
    standing = standing_of(token, access_to(token.made_by, token.team))
    if standing not in OPENS:
        return None
    if token.used_on != clock.today() and not read_only.is_on():  # once a day: reading does not write each time
        Token.objects.filter(pk=token.pk).update(used_on=clock.today())
    return Bearer(token, may_write=token.scope == Token.Scope.WRITE and standing == Standing.GOOD)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
