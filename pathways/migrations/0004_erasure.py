"""A person can be erased: identities that say nothing, and the one change that the log of a person allows."""

from django.db import migrations, models

LOG = """
DROP TRIGGER pathways_contributorevent_append_only ON pathways_contributorevent;
CREATE TRIGGER pathways_contributorevent_append_only BEFORE DELETE OR TRUNCATE ON pathways_contributorevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Of an erased person, what somebody typed may be taken out of an entry; nothing is added, and who, when and what stay.
CREATE FUNCTION pathways_event_shrinks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.detail <@ OLD.detail AND to_jsonb(NEW) - 'detail' = to_jsonb(OLD) - 'detail'
       AND EXISTS (SELECT FROM pathways_contributor WHERE id = OLD.contributor_id AND erased_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pathways_event_shrinks BEFORE UPDATE ON pathways_contributorevent
    FOR EACH ROW EXECUTE FUNCTION pathways_event_shrinks();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('pathways', '0003_completed_steps'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='identity',
            name='identity_once',
        ),
        migrations.RemoveConstraint(
            model_name='identity',
            name='identity_says_something',
        ),
        migrations.AddField(
            model_name='contributor',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='identity',
            name='erased_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='identity',
            index=models.Index(condition=models.Q(('erased_at__isnull', False)), fields=['join_key'], name='identity_erased'),
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.UniqueConstraint(condition=models.Q(('erased_at', None)), fields=('source', 'name', 'email', 'username'), name='identity_once'),
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('email', ''), ('name', ''), ('username', ''), _negated=True), ('erased_at__isnull', False), _connector='OR'), name='identity_says_something'),
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('email__regex', '^(@[a-z0-9.-]+)?$'), ('join_key__startswith', 'erased:'), ('name', ''), ('username', '')), _connector='OR'), name='identity_erased_says_nothing'),
        ),
        migrations.RunSQL(LOG, migrations.RunSQL.noop),
    ]
