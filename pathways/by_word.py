"""People of whom somebody tells by word, and not a source's bytes: found or made under the name of a stream."""

from django.db import connection

from pathways import identities
from pathways.keys import join_key
from pathways.models import Contributor, Identity
from pathways.presence import BY_WORD
from pathways.turns import take_turns
from teams.models import Team

STAGING = """
CREATE TEMP TABLE pathways_newcomer ON COMMIT DROP AS
SELECT %s::text AS source, %s::text AS name, %s::text AS email, %s::text AS username,
       NULL::int AS identity_id, NULL::int AS contributor_id
"""


def source_of(team: Team) -> str:
    """The source of the identities of people whom somebody of the team told of, without any contribution."""
    return f"{BY_WORD}:{team.pk}"


def meet(source: str, *, name: str, email: str) -> Identity:
    """The identity of somebody called so: who is known by that e-mail is found, anybody else is new.

    One of the two must say something. In the transaction of the caller, which has the turn (pathways/turns.py)
    before any team's row, or waits for it here.
    """
    with connection.cursor() as cursor:
        cursor.execute(STAGING, [source, name, email, ""])
        identities.resolve(cursor, table="pathways_newcomer")
        cursor.execute("SELECT identity_id FROM pathways_newcomer")
        (found,) = cursor.fetchone()
        cursor.execute("DROP TABLE pathways_newcomer")
    return Identity.objects.select_related("contributor").get(pk=found)


def identity_of(contributor: Contributor, source: str) -> Identity:
    """An identity of exactly this person under that source: one that came in by it, else one made for the purpose.

    Takes the turn, as `meet` does. What is to be said of the person is looked at behind it.
    """
    with connection.cursor() as cursor:
        take_turns(cursor)
    known = contributor.identities.filter(source=source, erased_at=None).order_by("pk").first()
    if known is not None:
        return known
    name, username = contributor.name, f"contributor {contributor.pk}"
    return Identity.objects.create(
        contributor=contributor,
        source=source,
        name=name,
        username=username,
        join_key=join_key(source, name, "", username),
    )
