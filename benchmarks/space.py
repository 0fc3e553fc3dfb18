"""What a contribution weighs on disk, with its indexes."""

from django.db import connection

from benchmarks.line import Line
from benchmarks.stock import Stock


def measure(stock: Stock) -> list[Line]:
    """Bytes a row of the kept database: written in the order of arrival, its indexes built at the end."""
    stock.use(stock.full, counted=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), pg_table_size('metrics_contribution'), pg_indexes_size('metrics_contribution')"
            "  FROM metrics_contribution"
        )
        rows, table, indexes = cursor.fetchone()
    took = f"{table / rows:.1f} bytes of table, {indexes / rows:.1f} of indexes"
    return [Line("a contribution with its indexes", (table + indexes) / rows, 160, "bytes", took=took, repeats=1)]
