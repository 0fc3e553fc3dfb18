"""What joins two identities at once, as one function that the database and everybody else use."""

from django.db import migrations

JOIN_KEY = r"""
-- The e-mail if it is one person's; else the account on its source; else the name within its source.
-- A placeholder ('', '@', root, none@none, devnull@localhost, me@laptop.(none)) has no host with a dot, and joins
-- nobody. Plus-tags are kept apart: they are how one mailbox stands for several people and robots.
CREATE FUNCTION pathways_join_key(source text, name text, email text, username text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN lower(btrim(email)) ~ '^[^\s@<>()"]+@[^\s@.()]+(\.[^\s@.()]+)+$' THEN 'mail:' || lower(btrim(email))
    WHEN btrim(username) <> '' THEN 'user:' || source || ':' || lower(btrim(username))
    ELSE 'name:' || source || ':' || lower(normalize(btrim(name), NFC))
END;
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0002_triggers")]
    operations = [migrations.RunSQL(JOIN_KEY, "DROP FUNCTION pathways_join_key")]
