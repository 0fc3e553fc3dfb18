"""Every index is kept up by every write: none is there that another one stands in for."""

import pytest
from django.db import connection

# A plain index whose columns are the first ones of another that holds every row. Not those with a condition, which are
# smaller than what stands in for them; nor the guide's, of a few dozen rows; nor Django's own, between two models.
COVERED = """
SELECT few.indexrelid::regclass::text, more.indexrelid::regclass::text
  FROM pg_index few JOIN pg_index more USING (indrelid)
  JOIN pg_class one ON one.oid = few.indexrelid
  JOIN pg_class other ON other.oid = more.indexrelid AND other.relam = one.relam
 WHERE few.indrelid::regclass::text ~ '^(teams|pathways|metrics)_(?!user_|enrolment_)' AND NOT few.indisunique
   AND few.indexrelid <> more.indexrelid AND few.indpred IS NULL AND more.indpred IS NULL AND few.indexprs IS NULL
   AND starts_with(more.indkey::text || ' ', few.indkey::text || ' ')
   AND starts_with(more.indclass::text || ' ', few.indclass::text || ' ')
"""


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(COVERED)
        assert cursor.fetchall() == []
