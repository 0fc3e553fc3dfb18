"""What the planner knows of tables that have grown by much, told in the transaction of the job that notices.

A question about people is planned by how many rows the planner takes a team to have. Autovacuum looks again within a
minute, and at a large table not before a tenth of it has changed. Until then a large team that is new would be read
like a small one, everybody for everybody. So its rows become visible together with what is known of them.
"""

from typing import Final

from django.db import connection
from django.db.models import Model

#: A tenth of the table, as autovacuum has it; but 500 at least, for fewer need no plan, and 10,000 at most.
_MUCH: Final = """
SELECT oid::regclass::text FROM pg_class
 WHERE oid = ANY(%s::regclass[])
   AND pg_stat_get_mod_since_analyze(oid) + pg_stat_get_xact_tuples_inserted(oid)
       > GREATEST(500, LEAST(reltuples / 10, 10000))
"""


def look_again(*models: type[Model]) -> None:
    """Analyze those of these tables that have changed by much since somebody last did, this transaction included.

    Waits for nobody: who holds such a table looks at it too, or alters it, and autovacuum comes in the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MUCH, [[model._meta.db_table for model in models]])
        if grown := [table for (table,) in cursor.fetchall()]:
            cursor.execute("SET LOCAL default_statistics_target = 20")  # a fifth: how many rows there are, not which
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(grown)}")
