"""What several tests of invitations need."""

import re
from typing import Any

from django.core import mail
from django.test import Client

from lifecycle import jobs
from teams import invitations
from teams.invitations import Offer
from teams.models import Invitation, Role, Team, User

NEWCOMER = {
    "first_name": "Liv",
    "last_name": "Strand",
    "password": "a horse of its own",
    "again": "a horse of its own",
}


def invited(team: Team, email: str, *, actor: User, role: Role = Role.ACTIVATOR, **told: Any) -> Invitation:
    """An invitation of an address."""
    return invitations.invite(team, Offer(email, role, **told), actor=actor)


def mailed() -> str:
    """The path of the link in the latest mail, after the queue has been worked off."""
    jobs.drain()
    found = re.search(r"http://localhost:8000(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def as_user(user: User) -> Client:
    """A browser in which somebody has logged in."""
    client = Client()
    client.force_login(user)
    return client
