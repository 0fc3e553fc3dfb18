"""Facts cannot be rewritten, and whatever changes what they count for puts aside whose spans are behind.

Every trigger is statement-level: a million rows in one statement cost one pass over them.
"""

from django.db import migrations

from teams.triggers import bump

TOUCH = """
-- Put (team, pathway or 0, contributor or 0) aside for the team's next recount, which bump_facts asks for.
-- The bump comes first, for it takes the team's row lock: a recount drains under the same lock, so a key that is
-- already here (and is not inserted again) cannot be drained before this transaction's facts can be seen.
CREATE FUNCTION metrics_touch(keys metrics_touched[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(keys) = 0 THEN
        RETURN;
    END IF;
    PERFORM bump_facts(ARRAY(SELECT DISTINCT team_id FROM unnest(keys)));
    INSERT INTO metrics_touched (team_id, pathway_id, contributor_id)
        SELECT DISTINCT team_id, pathway_id, contributor_id FROM unnest(keys) ORDER BY 1, 2, 3
        ON CONFLICT DO NOTHING;
END $$;
"""

STAFF = """
CREATE FUNCTION metrics_domain(email text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(substring(btrim(email) FROM '@([^@]+)$'));
$$;

-- Whether an act of this day counts as staff's: a dated affiliation of the person beats every rule; else the rule
-- for exactly the host of the identity's e-mail; else nobody's word, which is counted with the volunteers.
CREATE FUNCTION metrics_is_staff(contributor integer, email text, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
        (SELECT a.kind = 'staff' FROM pathways_affiliation a
          WHERE a.contributor_id = $1 AND a.from_on <= $3 AND (a.until_on IS NULL OR a.until_on > $3)
          ORDER BY a.from_on DESC, a.id DESC LIMIT 1),
        (SELECT r.kind = 'staff' FROM pathways_affiliationrule r
          WHERE r.domain = metrics_domain($2)
            AND (r.from_on IS NULL OR r.from_on <= $3) AND (r.until_on IS NULL OR r.until_on > $3)
          ORDER BY r.from_on DESC NULLS LAST, r.id DESC LIMIT 1),
        false);
$$;

-- Read the affiliation of all acts of these identities again. The update touches whoever it changes.
CREATE FUNCTION metrics_classify(identities integer[]) RETURNS void LANGUAGE sql AS $$
    UPDATE metrics_contribution c SET state = 1 - c.state
      FROM pathways_identity i
     WHERE i.id = ANY(identities) AND c.identity_id = i.id AND c.state IN (0, 1)
       AND (c.state = 1) <> metrics_is_staff(c.contributor_id, i.email, c.day);
$$;
"""

FACTS = """
CREATE FUNCTION metrics_contribution_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'contributions are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER metrics_contribution_kept BEFORE DELETE ON metrics_contribution
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_contribution_fixed();
CREATE TRIGGER metrics_contribution_fixed BEFORE UPDATE ON metrics_contribution FOR EACH ROW
    WHEN ((OLD.team_id, OLD.key, OLD.occurred_at, OLD.pathway_id, OLD.identity_id, OLD.import_id, OLD.kind_id)
          IS DISTINCT FROM
          (NEW.team_id, NEW.key, NEW.occurred_at, NEW.pathway_id, NEW.identity_id, NEW.import_id, NEW.kind_id))
    EXECUTE FUNCTION metrics_contribution_fixed();

CREATE FUNCTION metrics_contribution_touch_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT (team_id, pathway_id, contributor_id)::metrics_touched
          FROM (SELECT DISTINCT team_id, pathway_id, contributor_id FROM new_rows) AS one
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_contribution_touch_insert AFTER INSERT ON metrics_contribution
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION metrics_contribution_touch_insert();

CREATE FUNCTION metrics_contribution_touch_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT (team_id, pathway_id, contributor_id)::metrics_touched FROM new_rows
        UNION SELECT (team_id, pathway_id, contributor_id)::metrics_touched FROM old_rows
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_contribution_touch_update AFTER UPDATE ON metrics_contribution
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_contribution_touch_update();
"""

PEOPLE = """
-- Merge and split move an identity's pointer: its acts follow, with what the new person's affiliation says of them.
CREATE FUNCTION metrics_identity_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE metrics_contribution c
       SET contributor_id = n.contributor_id,
           state = CASE WHEN c.state > 1 THEN c.state ELSE metrics_is_staff(n.contributor_id, n.email, c.day)::int END
      FROM new_rows n JOIN old_rows o ON o.id = n.id
     WHERE c.identity_id = n.id AND (n.contributor_id <> o.contributor_id OR n.email <> o.email);
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_identity_moved AFTER UPDATE ON pathways_identity
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_identity_moved();

CREATE FUNCTION metrics_bot_flagged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT DISTINCT (c.team_id, c.pathway_id, c.contributor_id)::metrics_touched
          FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.is_bot <> n.is_bot
          JOIN pathways_identity i ON i.contributor_id = n.id
          JOIN metrics_contribution c ON c.identity_id = i.id
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_bot_flagged AFTER UPDATE ON pathways_contributor
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_bot_flagged();
"""

KINDS = """
-- A kind is decided on: everybody who did something of the kind, or of one of its other names.
CREATE FUNCTION metrics_kind_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT DISTINCT (c.team_id, c.pathway_id, c.contributor_id)::metrics_touched
          FROM new_rows n
          JOIN old_rows o ON o.id = n.id AND (o.state, o.same_as_id) IS DISTINCT FROM (n.state, n.same_as_id)
          JOIN pathways_kind k ON k.id = n.id OR k.same_as_id = n.id
          JOIN metrics_contribution c ON c.kind_id = k.id
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_kind_decided AFTER UPDATE ON pathways_kind
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_kind_decided();

-- A source is switched, or a pathway counts other kinds: everybody in the pathway.
CREATE FUNCTION metrics_source_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT (n.team_id, n.pathway_id, 0)::metrics_touched
          FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.enabled <> n.enabled
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_source_switched AFTER UPDATE ON metrics_source
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_source_switched();

CREATE FUNCTION metrics_pathway_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT (n.team_id, n.id, 0)::metrics_touched
          FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.counted_kinds <> n.counted_kinds
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_pathway_counts AFTER UPDATE ON pathways_pathway
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION metrics_pathway_counts();
"""


def touch(table: str, keys: str) -> str:
    """SQL for triggers that touch `keys`, a query over the inserted, updated or deleted rows, there named `rows`."""
    sql = []
    for operation, tables in (("INSERT", ["new"]), ("UPDATE", ["new", "old"]), ("DELETE", ["old"])):
        name = f"{table}_touch_{operation.lower()}"
        referencing = " ".join(f"{which.upper()} TABLE AS {which}_rows" for which in tables)
        rows = " UNION ALL ".join(f"SELECT * FROM {which}_rows" for which in tables)
        sql.append(f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM metrics_touch(ARRAY(WITH rows AS ({rows}) {keys}));
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """)
    return "".join(sql)


def classify(table: str, identities: str) -> str:
    """SQL for triggers that read the affiliation of `identities` again, a query over the changed `rows`."""
    sql = []
    for operation, tables in (("INSERT", ["new"]), ("UPDATE", ["new", "old"]), ("DELETE", ["old"])):
        name = f"{table}_classify_{operation.lower()}"
        referencing = " ".join(f"{which.upper()} TABLE AS {which}_rows" for which in tables)
        rows = " UNION ALL ".join(f"SELECT * FROM {which}_rows" for which in tables)
        sql.append(f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM metrics_classify(ARRAY(WITH rows AS ({rows}) {identities}));
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}();
        """)
    return "".join(sql)


# Who is left out of a gate is told by accounts: the e-mail of an activator, a partner, an admin.
ACCOUNTS = """
CREATE FUNCTION metrics_account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_facts(ARRAY(
        SELECT t.id FROM teams_team t
         WHERE NEW.is_staff OR (TG_OP = 'UPDATE' AND OLD.is_staff)
            OR EXISTS (SELECT 1 FROM teams_membership m WHERE m.team_id = t.id AND m.user_id = NEW.id)
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER metrics_account_changed AFTER UPDATE ON teams_user FOR EACH ROW
    WHEN ((OLD.email, OLD.is_staff, OLD.is_active) IS DISTINCT FROM (NEW.email, NEW.is_staff, NEW.is_active))
    EXECUTE FUNCTION metrics_account_changed();
CREATE TRIGGER metrics_admin_made AFTER INSERT ON teams_user FOR EACH ROW WHEN (NEW.is_staff)
    EXECUTE FUNCTION metrics_account_changed();
"""

OF_ROLES = "SELECT r.team_id FROM pathways_communityrole r JOIN rows ON rows.contributor_id = r.contributor_id"


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_touched"), ("pathways", "0002_triggers"), ("teams", "0002_triggers")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (
            TOUCH,
            STAFF,
            FACTS,
            PEOPLE,
            KINDS,
            ACCOUNTS,
            bump("metrics_source"),
            bump("pathways_affiliation", teams=OF_ROLES),
            touch(
                "pathways_conversionpoint",
                "SELECT DISTINCT (p.team_id, p.id, 0)::metrics_touched"
                " FROM rows JOIN pathways_pathway p ON p.id = rows.pathway_id",
            ),
            touch("pathways_communityrole", "SELECT DISTINCT (team_id, 0, contributor_id)::metrics_touched FROM rows"),
            classify(
                "pathways_affiliation",
                "SELECT i.id FROM pathways_identity i JOIN rows ON rows.contributor_id = i.contributor_id",
            ),
            classify(
                "pathways_affiliationrule",
                "SELECT i.id FROM pathways_identity i JOIN rows ON rows.domain = metrics_domain(i.email)",
            ),
        )
    ]
