"""What there is follows the new rule of the keys; what people said before is remembered, so that no rule undoes it."""

from django.db import migrations

from pathways.keys import KEYED, VALUES

GIVEN = "(SELECT id, source, name, email, username FROM pathways_identity WHERE erased_at IS NULL)"
REKEY = f"""
UPDATE pathways_identity i SET (join_key, account_key) = (k.join_key, k.account_key)
  FROM ({KEYED.format(columns="id", given=GIVEN)}) AS k
 WHERE k.id = i.id AND (k.join_key, k.account_key) IS DISTINCT FROM (i.join_key, i.account_key)
"""

# Splits, and merges taken back: whoever was merged on since then stands where their identities are.
REMEMBER = """
WITH RECURSIVE merged AS (
    SELECT DISTINCT ON (contributor_id) contributor_id, (detail->>'into')::integer AS into_id
      FROM pathways_contributorevent WHERE action = 'merged' ORDER BY contributor_id, id DESC
), way (id, at) AS (
    SELECT id, id FROM pathways_contributor
    UNION
    SELECT way.id, merged.into_id FROM way JOIN merged ON merged.contributor_id = way.at
     WHERE NOT EXISTS (SELECT FROM pathways_identity i WHERE i.contributor_id = way.at)
), standing AS (
    SELECT id, at FROM way WHERE EXISTS (SELECT FROM pathways_identity i WHERE i.contributor_id = way.at)
)
INSERT INTO pathways_likeness (one_id, other_id, reasons, state, decided_by_id, decided_at)
SELECT DISTINCT ON (least(a.at, b.at), greatest(a.at, b.at)) least(a.at, b.at), greatest(a.at, b.at), '[]', 'rejected',
       e.actor_id, e.at
  FROM pathways_contributorevent e
  JOIN standing a ON a.id = e.contributor_id
  JOIN standing b ON b.id = (e.detail->>'to')::integer
 WHERE e.action IN ('split', 'unmerge') AND a.at <> b.at
 ORDER BY least(a.at, b.at), greatest(a.at, b.at), e.id DESC
"""

# Not here: people are joined, and looked for, by jobs, which can be tried again.
ASK = """
INSERT INTO lifecycle_job (kind, key)
SELECT 'join', '0006' WHERE EXISTS (
    SELECT FROM (SELECT join_key AS key, contributor_id FROM pathways_identity WHERE erased_at IS NULL
                 UNION SELECT account_key, contributor_id FROM pathways_identity
                        WHERE erased_at IS NULL AND account_key IS NOT NULL) AS held
     GROUP BY key HAVING count(*) > 1)
UNION ALL SELECT 'likeness', id::text FROM teams_team
ON CONFLICT (kind, key) WHERE state = 'queued' DO NOTHING
"""


def follow(apps, schema_editor):
    """Keys, words and jobs."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(REKEY, VALUES)
        cursor.execute(REMEMBER)
        cursor.execute(ASK)


class Migration(migrations.Migration):
    dependencies = [("pathways", "0005_likeness"), ("lifecycle", "0001_initial"), ("teams", "0002_triggers")]
    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
