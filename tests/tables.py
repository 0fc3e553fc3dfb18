"""The tables between two tests: emptied where something was committed, and as good as new for the planner.

Django's own clean-up truncates every table, which makes a new file for each one and for each of its indexes, and then
writes the content types and permissions again. That took longer than many a test.
"""

from django.db import connection

#: As the migrations leave them; no test writes into them.
KEPT = ("django_migrations", "django_content_type", "auth_permission")

#: Bytes of a table's file from which it is worth the sweeping.
LITTER = 512 * 1024

#: Whoever refuses a DELETE (the tables that are only ever appended to) is lifted for the length of this transaction.
#: Foreign keys are asked at the end, when all is gone: only then may a table be changed again.
EMPTY = """
DO $$
DECLARE
    each regclass;
    filled boolean;
    found regclass[] := '{}';
BEGIN
    FOR each IN
        SELECT oid FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND relname <> ALL (string_to_array(%s, ' '))
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', each) INTO filled;
        IF filled THEN
            found := found || each;
        END IF;
    END LOOP;
    FOREACH each IN ARRAY found LOOP
        EXECUTE format('ALTER TABLE %%s DISABLE TRIGGER USER', each);
    END LOOP;
    FOREACH each IN ARRAY found LOOP
        EXECUTE format('DELETE FROM %%s', each);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH each IN ARRAY found LOOP
        EXECUTE format('ALTER TABLE %%s ENABLE TRIGGER USER', each);
    END LOOP;
END $$
"""


def empty() -> None:
    """Delete all rows of the connection's database but those that the migrations made."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, [" ".join(KEPT)])


def leave_to_us() -> None:
    """Autovacuum keeps off: it looks into the middle of a test, sees nothing committed, and tells the planner that a
    table is empty. The test, and those after it, then join thousands of rows one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")


def sweep() -> None:
    """Instead: what rolled-back tests have left in a table's file goes, while no test is under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND pg_relation_size(oid) > %s",
            [LITTER],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"VACUUM (SKIP_LOCKED) {table}")
