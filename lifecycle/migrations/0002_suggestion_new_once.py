"""The same text of one reader waits in the queue once, also when it is sent twice at the same moment."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import MD5

#: What was sent twice already: the first stands.
TWICE = """
DELETE FROM lifecycle_suggestion again USING lifecycle_suggestion first
 WHERE again.state = 'new' AND first.state = 'new' AND first.id < again.id
   AND (first.stage_id, first.facet, first.author, first.text)
       = (again.stage_id, again.facet, again.author, again.text)
"""


class Migration(migrations.Migration):
    """First the doubles go, then none can come."""

    dependencies: ClassVar = [("lifecycle", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(TWICE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(
                "stage", "facet", "author", MD5("text"), condition=Q(state="new"), name="suggestion_new_once"
            ),
        ),
    ]
