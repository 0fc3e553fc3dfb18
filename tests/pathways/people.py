"""People as they come in: a temporary table, resolved."""

from typing import NamedTuple

from django.db import connection

from pathways import identities


class Given(NamedTuple):
    """What one row of an import says about a person."""

    source: str = "csv:1"
    name: str = ""
    email: str = ""
    username: str = ""


def resolve(*given: Given) -> list[tuple[int, int]]:
    """Identity and contributor of each, in the order given."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.arrived")
        cursor.execute(
            "CREATE TEMPORARY TABLE arrived (row serial, source text, name text, email text, username text,"
            " identity_id integer, contributor_id integer)"
        )
        cursor.executemany("INSERT INTO arrived (source, name, email, username) VALUES (%s, %s, %s, %s)", given)
        identities.resolve(cursor, table="arrived")
        cursor.execute("SELECT identity_id, contributor_id FROM arrived ORDER BY row")
        return [(identity, contributor) for identity, contributor in cursor.fetchall()]
