"""What a person is changes numbers in every team where they take part, acts or no acts: these triggers say so."""

from django.db import migrations

from teams.triggers import bump

PLACES_OF = """
-- Each of these people in every team in whose numbers they can stand: by a role, an enrolment, or a contribution.
CREATE FUNCTION metrics_places_of(people integer[]) RETURNS SETOF metrics_touched LANGUAGE sql STABLE AS $$
    SELECT team_id, 0, contributor_id FROM pathways_communityrole WHERE contributor_id = ANY(people)
    UNION SELECT p.team_id, 0, e.contributor_id FROM pathways_enrolment e JOIN pathways_pathway p ON p.id = e.pathway_id
           WHERE e.contributor_id = ANY(people)
    UNION SELECT c.team_id, 0, i.contributor_id
            FROM pathways_identity i JOIN metrics_contribution c ON c.identity_id = i.id
           WHERE i.contributor_id = ANY(people);
$$;
"""

KINDS = """
-- A kind is decided on: everybody who did something of it or of its other names, and everybody where a rule names it.
CREATE OR REPLACE FUNCTION metrics_kind_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        WITH decided AS (
            SELECT n.id FROM new_rows n
              JOIN old_rows o ON o.id = n.id AND (o.state, o.same_as_id) IS DISTINCT FROM (n.state, n.same_as_id)
        )
        SELECT (c.team_id, c.pathway_id, c.contributor_id)::metrics_touched
          FROM decided d
          JOIN pathways_kind k ON k.id = d.id OR k.same_as_id = d.id
          JOIN metrics_contribution c ON c.kind_id = k.id
        UNION SELECT (p.team_id, p.id, 0)::metrics_touched
          FROM decided d JOIN pathways_pathway p ON d.id = ANY(p.counted_kinds)
               OR EXISTS (SELECT FROM pathways_conversionpoint r WHERE r.pathway_id = p.id AND d.id = ANY(r.kinds))
               OR EXISTS (SELECT FROM pathways_step s WHERE s.pathway_id = p.id AND d.id = ANY(s.kinds))
    ));
    RETURN NULL;
END $$;
"""


# A rule tells staff from volunteers while acts come in: it waits for the imports under way (478 is pathways.identities.LOCK).
TURN = """
CREATE FUNCTION pathways_affiliationrule_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(478);
    RETURN NULL;
END $$;
CREATE TRIGGER pathways_affiliationrule_turn BEFORE INSERT OR UPDATE OR DELETE ON pathways_affiliationrule
    FOR EACH STATEMENT EXECUTE FUNCTION pathways_affiliationrule_turn();
"""


def people(table: str, query: str, operations: str = "INSERT UPDATE DELETE") -> str:
    """SQL for triggers that touch `query`'s people in all of their teams; it reads `new_rows` and `old_rows` as `rows`."""
    sql = []
    for operation in operations.split():
        tables = {"INSERT": ["new"], "UPDATE": ["new", "old"], "DELETE": ["old"]}[operation]
        name = f"{table}_people_{operation.lower()}"
        referencing = " ".join(f"{which.upper()} TABLE AS {which}_rows" for which in tables)
        rows = " UNION ALL ".join(f"SELECT * FROM {which}_rows" for which in tables)
        sql.append(f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM metrics_touch(ARRAY(
                    SELECT place FROM metrics_places_of(ARRAY(WITH rows AS ({rows}) {query})) AS place
                ));
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """)
    return "".join(sql)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_triggers")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (
            PLACES_OF,
            KINDS,
            TURN,
            # Which funnels are major is data, and a condition of Starting.
            bump(
                "pathways_funnel",
                teams="SELECT p.team_id FROM pathways_pathway p JOIN pathways_funnellink l ON l.pathway_id = p.id"
                " JOIN rows ON rows.id = l.funnel_id",
            ),
            people("pathways_affiliation", "SELECT DISTINCT contributor_id FROM rows"),
            people(
                "pathways_affiliationrule",
                "SELECT DISTINCT i.contributor_id FROM pathways_identity i"
                " JOIN rows ON rows.domain = metrics_domain(i.email)",
            ),
            people(
                "pathways_contributor",
                # Somebody erased changes no number, but what numbers say of people is told anew. The column comes with
                # pathways 0004: a function is read when it runs.
                "SELECT id FROM (SELECT DISTINCT id, is_bot, erased_at FROM rows) r GROUP BY id HAVING count(*) > 1",
                "UPDATE",
            ),
            # Fires before `metrics_identity_moved` or after it: the acts hang on the identity, not on the pointer.
            people(
                "pathways_identity",
                "SELECT DISTINCT contributor_id FROM rows WHERE id IN"
                " (SELECT id FROM (SELECT DISTINCT id, contributor_id, email FROM rows) r GROUP BY id"
                " HAVING count(*) > 1)",
                "UPDATE",
            ),
        )
    ]
