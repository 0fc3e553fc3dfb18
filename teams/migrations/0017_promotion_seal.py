"""Decisions are chained: each carries the SHA-256 of its own contents and of the seal before it, made by the database."""

from django.db import migrations, models

from teams.seals import seal_of

FUNCTIONS = f"""
CREATE FUNCTION promotion_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bytea := '';
BEGIN
    IF NEW.seq > 1 THEN
        SELECT seal INTO before FROM teams_promotion WHERE team_id = NEW.team_id AND seq = NEW.seq - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'decision % of team % follows none', NEW.seq, NEW.team_id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    NEW.seal = {seal_of("NEW", before="before")};
    RETURN NEW;
END $$;
CREATE TRIGGER teams_promotion_sealed BEFORE INSERT ON teams_promotion
    FOR EACH ROW EXECUTE FUNCTION promotion_sealed();
"""
# The decisions of before, each after the one that it follows. Only here is a row of the history written again.
FILL = f"""
ALTER TABLE teams_promotion DISABLE TRIGGER teams_promotion_append_only;
DO $$
DECLARE
    each teams_promotion;
    before bytea;
BEGIN
    FOR each IN SELECT * FROM teams_promotion ORDER BY team_id, seq LOOP
        SELECT seal INTO before FROM teams_promotion WHERE team_id = each.team_id AND seq = each.seq - 1;
        UPDATE teams_promotion SET seal = {seal_of("each", before="COALESCE(before, '')")} WHERE id = each.id;
    END LOOP;
END $$;
ALTER TABLE teams_promotion ENABLE TRIGGER teams_promotion_append_only;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0016_covered_indexes'),
    ]

    operations = [
        # Without a default in the database: who writes past the trigger has to say a seal, and a wrong one is found.
        migrations.AddField('promotion', 'seal', models.BinaryField(default=b'', max_length=32)),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
