"""From whom a second factor is asked, who has turned it on, and by when the others have to.

Nobody is shut out by it: whoever is asked and has none still logs in with the password, and then turns it on before
anything else (teams/entrance.py). Programs with a token, and webhooks, log in as nobody and are asked for nothing.
"""

from datetime import date
from typing import Final

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from lifecycle import clock
from teams.models import Membership, Role, SecondFactorRule, User

# As text, for it is asked at every request: put together by Django, it would take longer than PostgreSQL does.
DUE: Final = """
CASE WHEN NOT EXISTS (SELECT FROM mfa_authenticator WHERE user_id = teams_user.id AND type = 'totp') THEN (
    SELECT CASE WHEN teams_user.is_staff AND asked_of IN ('admins', 'partners')
                     OR asked_of = 'partners' AND EXISTS (
                        SELECT FROM teams_membership
                         WHERE user_id = teams_user.id AND role = 'partner' AND accepted_at IS NOT NULL
                           AND starts_on <= %s AND (ends_on IS NULL OR ends_on > %s))
                THEN due_on END
      FROM teams_secondfactorrule ORDER BY id DESC LIMIT 1)
END
"""
ASKED: Final = f"SELECT teams_user.*, {DUE} AS factor_due FROM teams_user WHERE is_active"


def reader(user_id: int) -> User | None:
    """A working account with its `factor_due`, as each request asks for it too (teams/entrance.py)."""
    today = clock.today()
    return next(iter(User.objects.raw(f"{ASKED} AND id = %s", [today, today, user_id])), None)


def due(user: User) -> date | None:
    """When it is due of one account; None if it is not asked of it, or on."""
    found = reader(user.pk)
    return found.factor_due if found else None


def missing() -> list[User]:
    """Working accounts of which it is asked, and which have not turned it on."""
    today = clock.today()
    return [user for user in User.objects.raw(f"{ASKED} ORDER BY id", [today, today]) if user.factor_due]


def lacking() -> "QuerySet[User]":
    """Working accounts of admins and partners that have not turned it on, asked or not: whom a rule would concern."""
    partners = Membership.objects.running().filter(user=OuterRef("pk"), role=Role.PARTNER, accepted_at__isnull=False)
    asked = User.objects.filter(Q(is_staff=True) | Exists(partners), ~is_on(), is_active=True)
    return asked.order_by("-is_staff", "username")


def has(user: User) -> bool:
    """Whether a code is asked for beside the password."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def is_on() -> Exists:
    """The same, of each account of a query."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP))


def latest() -> SecondFactorRule | None:
    """The rule in force; None where nobody ever made one."""
    return SecondFactorRule.objects.select_related("by").first()
