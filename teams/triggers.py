"""SQL for migrations: append-only tables, and the triggers that move a team's versions.

The functions `bump_gate` and `bump_facts` are made by teams 0002. What is generated here is part of migrations
that have run, so a change of meaning needs a new function, not an edit.
"""


def append_only(table: str) -> str:
    """SQL that refuses UPDATE, DELETE and TRUNCATE of a table."""
    return f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    """


def bump(table: str, *, function: str = "bump_facts", teams: str = "SELECT team_id FROM rows") -> str:
    """SQL for triggers that call `function` with the teams of the inserted, updated or deleted rows.

    `teams` is a query over the changed rows, there named `rows`, that gives one column, the team's id; NULLs are
    left out. Statement-level: a million rows in one statement bump each team once.
    """
    sql = []
    for operation, tables in (("INSERT", ["new"]), ("UPDATE", ["new", "old"]), ("DELETE", ["old"])):
        name = f"{table}_bump_{operation.lower()}"
        referencing = " ".join(f"{which.upper()} TABLE AS {which}_rows" for which in tables)
        rows = " UNION ALL ".join(f"SELECT * FROM {which}_rows" for which in tables)
        sql.append(f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM {function}(ARRAY(
                    WITH rows AS ({rows}), touched (team_id) AS ({teams})
                    SELECT DISTINCT team_id FROM touched WHERE team_id IS NOT NULL
                ));
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """)
    return "".join(sql)
