"""The peer: DuckDB computes the same spans from a copy of its own, as somebody who knows it would ask it to.

Its own way, and no translation of ours: window functions find how far each day is held by each of the few different
rules, gaps and islands make runs of them, and runs are merged. What every act is asked for stands in one pass.
"""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from django.db import connection

from benchmarks.server import memory
from metrics.acts import PATHWAYS
from metrics.spans import COLUMNS, DERIVE

EVERYTHING = {"teams": None, "contributors": None, "sources": None}

#: What is copied: the tables of DuckDB, and what fills them.
COPIED = {
    "act (team_id int, pathway_id int, contributor_id int, day date, kind_id int, state tinyint, import_id int)": (
        "SELECT team_id, pathway_id, contributor_id, day, kind_id, state, import_id FROM metrics_contribution"
    ),
    "refused (pathway_id int, kind_id int)": f"WITH {PATHWAYS} SELECT id, unnest(refused) FROM pathway",
    "off (pathway_id int, import_id int)": f'WITH {PATHWAYS} SELECT id, unnest("off") FROM pathway',
    "point (pathway_id int, level tinyint, n int, d int, m int, w int, roles text)": (
        "SELECT pathway_id, level, n, d, m, w, roles::text FROM pathways_conversionpoint WHERE kinds = '{}'"
    ),
    "role (team_id int, contributor_id int, role text, from_on date, until_on date)": (
        "SELECT team_id, contributor_id, role, from_on, COALESCE(until_on, '9999-12-31') FROM pathways_communityrole"
        " WHERE confirmed_by_id IS NOT NULL"
    ),
    "bot (contributor_id int)": "SELECT id FROM pathways_contributor WHERE is_bot",
}

#: The whole, with holes for what the rules ask. A history is a person's acts in a pathway as somebody sees them.
SPANS = """
WITH counted AS MATERIALIZED (
    SELECT team_id, pathway_id, contributor_id, day, state
      FROM act ANTI JOIN refused USING (pathway_id, kind_id) ANTI JOIN off USING (pathway_id, import_id)
     WHERE state < 2
), pair AS MATERIALIZED (
    SELECT *, contributor_id IN (SELECT contributor_id FROM bot) AS is_bot, side < other_side AS is_both,
           min(side) OVER person = 0 AND max(other_side) OVER person = 1 AS is_mixed
      FROM (SELECT team_id, pathway_id, contributor_id, min(state) AS side, max(state) AS other_side
              FROM counted GROUP BY ALL)
    WINDOW person AS (PARTITION BY team_id, contributor_id)
), history AS MATERIALIZED (  -- 0 the whole, 1 the volunteer's acts, 2 the staff's; numbered, for one short key
    SELECT *, row_number() OVER () AS id
      FROM (SELECT *, unnest(CASE WHEN is_both AND NOT is_bot THEN [0, 1, 2] ELSE [0] END) AS seen FROM pair)
), seen AS (
    SELECT id, day FROM counted JOIN history USING (pathway_id, contributor_id)
     WHERE seen = 0 OR seen = 1 + state
), lasts AS (  -- the last act of each day, and how far back the acts before it lie
    SELECT id, day{acts} FROM seen
    WINDOW before AS (PARTITION BY id ORDER BY day)
   QUALIFY lead(day) OVER before IS DISTINCT FROM day
), dated AS MATERIALIZED (
    SELECT *{dates} FROM lasts WINDOW before AS (PARTITION BY id ORDER BY day)
), held AS (
    SELECT dated.id, dated.day{untils} FROM dated{months}
), marked AS MATERIALIZED (
    SELECT *, lead(day) OVER before AS next{marks} FROM held WINDOW before AS (PARTITION BY id ORDER BY day)
), run AS (
    SELECT id, 0 AS level, min(day) AS from_on, date '9999-12-31' AS until_on FROM dated GROUP BY id
    {runs}
), told AS (
    SELECT team_id, pathway_id, contributor_id, level, from_on, until_on,
           unnest(CASE WHEN seen > 0 THEN [seen] WHEN is_bot THEN [8] WHEN is_both THEN [12]
                       WHEN is_mixed THEN [1 + side, 12] ELSE [13 + side] END) AS population
      FROM run JOIN history USING (id)
), placed AS (
    SELECT * FROM told UNION ALL SELECT * REPLACE (0 AS pathway_id) FROM told
), begun AS (
    SELECT *, COALESCE(max(until_on) OVER (PARTITION BY team_id, pathway_id, contributor_id, level, population
                       ORDER BY from_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < from_on, true) AS begins
      FROM placed
), island AS (
    SELECT *, sum(begins::int) OVER (PARTITION BY team_id, pathway_id, contributor_id, level, population
                                     ORDER BY from_on ROWS UNBOUNDED PRECEDING) AS number
      FROM begun
)
SELECT team_id, pathway_id, contributor_id, level, population, min(from_on) AS from_on, max(until_on) AS until_on,
       number = 1 AS is_first
  FROM island GROUP BY team_id, pathway_id, contributor_id, level, population, number
"""

#: The runs of one rule. How far a day is held never goes back, so a run begins where the day before does not reach,
#: and ends where the next day is not reached.
RUN = """
    UNION ALL
    SELECT one.id, {level}, {from_on}, {until_on}
      FROM (SELECT id, day AS from_on, begins,
                   CASE WHEN ends THEN until_on ELSE lead(until_on) OVER (PARTITION BY id ORDER BY day) END AS until_on
              FROM (SELECT id, day, until_{k} AS until_on, COALESCE(was_{k} < day, true) AS begins,
                           COALESCE(next > until_{k} OR will_{k} <= next, true) AS ends
                      FROM marked
                     WHERE until_{k} > day AND id IN (
                           SELECT id FROM history JOIN point USING (pathway_id)
                            WHERE (level, n, d, m, w, roles) = ({level}, {n}, {d}, {m}, {w}, '{roles}')))
             WHERE begins OR ends) AS one{given}
     WHERE begins
"""
GIVEN = """
      JOIN history ON history.id = one.id
      JOIN role ON role.team_id = history.team_id AND role.contributor_id = history.contributor_id
           AND role.role IN ({names}) AND role.from_on < one.until_on AND role.until_on > one.from_on
"""
#: Of the few who may reach a rule about months: the last day of the month that was (m - 1) months with acts before.
MONTHS = """
      LEFT JOIN (
        SELECT id, month, lag(last, {m} - 1) OVER (PARTITION BY id ORDER BY month) AS close_{m}
          FROM (SELECT id, date_trunc('month', day) AS month, max(day) AS last FROM dated
                 WHERE id IN (SELECT id FROM dated WHERE {reached}) GROUP BY ALL)
      ) AS month_{m} ON month_{m}.id = dated.id AND month_{m}.month = date_trunc('month', dated.day)
"""


class Rule(NamedTuple):
    """One of the different rules that the pathways have."""

    level: int
    n: int
    d: int
    m: int
    w: int
    roles: str

    @property
    def key(self) -> str:
        """A name for what it asks, whatever the level and the roles."""
        return f"{self.n}_{self.d}_{self.m}_{self.w}"

    @property
    def back(self) -> list[str]:
        """The days of the n-th act and the d-th day back, as far as they are asked for."""
        return [f"act_{self.n}"] * (self.n > 1) + [f"date_{self.d}"] * (self.d > 1)

    def until(self) -> str:
        """SQL: how far a day is held; NULL if too little has happened."""
        reach = [*self.back, *[f"close_{self.m}"] * (self.m > 1)]
        known = " AND ".join(f"{name} IS NOT NULL" for name in reach) or "true"
        return f", CASE WHEN {known} THEN least({', '.join(['dated.day', *reach])}) + {self.w} END AS until_{self.key}"

    def run(self) -> str:
        """SQL: its runs."""
        names = ", ".join(f"'{name}'" for name in self.roles.strip("{}").split(",") if name)
        return RUN.format(
            **self._asdict(),
            k=self.key,
            from_on="greatest(one.from_on, role.from_on)" if names else "from_on",
            until_on="least(one.until_on, role.until_on)" if names else "until_on",
            given=GIVEN.format(names=names) if names else "",
        )


def sql(rules: list[Rule]) -> str:
    """The question, written for these rules."""
    asked = {rule.key: rule for rule in rules}
    months: dict[int, list[str]] = {}
    for rule in asked.values():
        if rule.m > 1:
            reached = " AND ".join(f"{name} IS NOT NULL" for name in rule.back) or "true"
            months.setdefault(rule.m, []).append(f"({reached})")
    return SPANS.format(
        acts="".join(f", lag(day, {n - 1}) OVER before AS act_{n}" for n in sorted({r.n for r in rules if r.n > 1})),
        dates="".join(f", lag(day, {d - 1}) OVER before AS date_{d}" for d in sorted({r.d for r in rules if r.d > 1})),
        untils="".join(rule.until() for rule in asked.values()),
        months="".join(MONTHS.format(m=m, reached=" OR ".join(each)) for m, each in months.items()),
        marks="".join(
            f", lag(until_{k}) OVER before AS was_{k}, lead(until_{k}) OVER before AS will_{k}" for k in asked
        ),
        runs="".join(rule.run() for rule in rules),
    )


class Duck:
    """DuckDB with its own copy, in memory."""

    def __init__(self) -> None:
        self._spilled = tempfile.TemporaryDirectory()
        self.connection: Any = duckdb.connect(":memory:")
        # As much as the server has, and the disk beyond: its default, most of the machine's memory, is not there twice.
        self.connection.execute(f"SET memory_limit = '{memory() // 4 // 2**20}MiB'")
        self.connection.execute(f"SET temp_directory = '{self._spilled.name}'")
        for table, query in COPIED.items():
            self.copy(table, query)
        found = self.connection.execute("SELECT DISTINCT level, n, d, m, w, roles FROM point ORDER BY ALL").fetchall()
        self.sql = sql([Rule(*row) for row in found])

    def copy(self, table: str, query: str) -> None:
        """Fill a table of DuckDB's from a query of PostgreSQL's."""
        self.connection.execute(f"CREATE TABLE {table}")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.csv"
            sent = f"COPY ({query}) TO STDOUT (FORMAT csv)"
            with file.open("wb") as out, connection.cursor() as cursor, cursor.copy(sent, EVERYTHING) as rows:
                for chunk in rows:
                    out.write(chunk)
            form = "FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', AUTO_DETECT false"
            self.connection.execute(f"COPY {table.split(maxsplit=1)[0]} FROM '{file}' ({form})")

    def derive(self, threads: int) -> Any:
        """All spans, on so many threads, told by sums that need every one of them."""
        self.connection.execute(f"SET threads = {threads}")
        return self.connection.execute(
            f"SELECT count(from_on), sum(until_on - from_on), sum(level), sum(population), sum(is_first::int)"
            f" FROM ({self.sql})"
        ).fetchone()

    def differences(self) -> int:
        """How many spans one of the two has and the other has not."""
        self.copy(
            "ours (team_id int, pathway_id int, contributor_id int, level int, population int, from_on date,"
            " until_on date, is_first boolean)",
            f"SELECT {COLUMNS} FROM ({DERIVE}) AS span",
        )
        self.connection.execute(f"CREATE TABLE theirs AS SELECT {COLUMNS} FROM ({self.sql})")
        (number,) = self.connection.execute(
            "SELECT (SELECT count(*) FROM (FROM ours EXCEPT ALL FROM theirs))"
            "     + (SELECT count(*) FROM (FROM theirs EXCEPT ALL FROM ours))"
        ).fetchone()
        self.connection.execute("DROP TABLE ours; DROP TABLE theirs")
        return int(number)

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()
        self._spilled.cleanup()
