"""The demo organisation asks its admins for a second factor: one has it on, the other has a month."""

from datetime import timedelta

from allauth.mfa.models import Authenticator

from lifecycle import clock
from teams.models import SecondFactorRule, User

DAYS = 30


def ask(admin: User) -> None:
    """By an admin who shows that it works, and never logs in here. Rows: the verb writes to everybody it concerns."""
    Authenticator.objects.create(user=admin, type=Authenticator.Type.TOTP, data={})
    due_on = clock.today() + timedelta(days=DAYS)
    SecondFactorRule.objects.create(asked_of=SecondFactorRule.AskedOf.ADMINS, due_on=due_on, by=admin)
