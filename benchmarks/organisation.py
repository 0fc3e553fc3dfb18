"""An invented organisation of any size, the same each time: seeded, heavy-tailed, five years long.

Teams follow Zipf's law, the number of a person's acts and the time they stay are log-normal and go together, fewer
acts fall on weekends. 3 % of people are bots, a fifth have a second address, a tenth are staff by a dated affiliation
(some only later), 0.5 % hold a role. 5 % of acts come in more than 30 days late. Nothing here is a real person's.

The last two teams are the probes, of the same size in every organisation: PROBE people each, and in the very last one
ten times as many acts a person. What is measured there does not grow with a team, only with what is around it.
"""

import io
from datetime import date, timedelta
from typing import Final

from django.core.management import call_command
from django.db import connection

SEED = 0.42
YEARS = 5
#: Contributions a person makes on average, from the curve below: the number of people follows from that of acts.
ACTS_PER_PERSON = 14.42
STAFF_FROM = 0.9  # of a person's dice: who lies above is staff
BEGINS = "date '2021-11-01'"  # a Monday
#: The last day of the five years, on which everything is counted.
TODAY: Final = date(2021, 11, 1) + timedelta(days=365 * YEARS - 1)
PROBE: Final = 2_000
TENFOLD: Final = 10

#: Box and Muller, for PostgreSQL learnt random_normal() in 16 only.
NORMAL = "(sqrt(-2 * ln(1 - {0})) * cos(2 * pi() * {1}))"

TEAMS = f"""
INSERT INTO teams_team (id, slug, name, about, entered_on, state, data_version, facts_version, stage_id)
SELECT n, 'team-' || n, 'Team ' || n, '', {BEGINS} + 365 * (n %% 4) + 30, 'active', 1, 1,
       (ARRAY(SELECT id FROM lifecycle_stage ORDER BY "order"))[1 + n %% 5]
  FROM generate_series(1, %(teams)s) n;
INSERT INTO teams_user (id, password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined,
                        email)
SELECT n, '!', false, 'user-' || n, '', '', false, true, now(), 'user-' || n || '@people.example'
  FROM generate_series(1, 2 * %(teams)s) n;
INSERT INTO teams_membership (role, is_deputy, starts_on, accepted_at, user_id, team_id)
SELECT role, false, {BEGINS}, now(), CASE role WHEN 'activator' THEN n ELSE %(teams)s + 1 + n / 12 END, n
  FROM generate_series(1, %(teams)s) n, (VALUES ('activator'), ('partner')) AS given (role);
INSERT INTO pathways_pathway (id, slug, name, summary, documentation_url, is_prototype, opened_on, counted_kinds,
                              team_id)
SELECT 3 * (n - 1) + k, 'pathway-' || k, 'Pathway ' || k, '', 'https://docs.example/' || n, k = 3, {BEGINS}, '{{}}', n
  FROM generate_series(1, %(teams)s) n, generate_series(1, 3) k;
INSERT INTO pathways_conversionpoint (level, label, kinds, n, d, m, w, roles, pathway_id)
SELECT level, label, kinds, n, d, m, w, roles, p.id FROM pathways_defaultpoint, pathways_pathway p;
INSERT INTO metrics_source (id, type, name, enabled, complete_to, counted_kinds, zone, reading, default_kind_id,
                            pathway_id, team_id)
SELECT id, 'csv', 'Export', true, %(today)s::date - 1, '{{}}', '', '{{}}',
       (SELECT id FROM pathways_kind WHERE key = 'commit'), id, team_id
  FROM pathways_pathway;
INSERT INTO metrics_import (id, file, filename, size, sha256, state, rows, new, duplicate, quarantined, unknown_kind,
                            rejected, items, passed, errors, finished_at, source_id)
SELECT year * 3 * %(teams)s + s.id, '', 'export.csv', 0, '', 'done', 1, 1, 0, 0, 0, 0, 1, '{{}}', '[]', now(), s.id
  FROM metrics_source s, generate_series(0, {YEARS}) year;
"""

PEOPLE = f"""
CREATE TEMPORARY TABLE person AS
WITH zipf AS (
    SELECT team, sum(1.0 / team) OVER (ORDER BY team) / sum(1.0 / team) OVER () AS upto
      FROM generate_series(1, %(teams)s - 2) team
), edge AS (SELECT array_agg(upto::float8 ORDER BY team) AS edges FROM zipf
), dice AS (
    SELECT p, random() AS team, random() AS a, random() AS b, random() AS c, random() AS d, random() AS begin,
           random() AS way, random() AS special
      FROM generate_series(1, %(people)s + 2 * {PROBE}) p
), drawn AS (SELECT dice.*, 1.1 + 1.75 * {NORMAL.format("a", "b")} AS many FROM dice)
SELECT p AS id, least(%(teams)s - 2, width_bucket(team, edges) + 1) AS team_id,
       least(20000, ceil(exp(many)))::int AS acts,
       365.0 * {YEARS} * power(begin, 0.8) AS begin,
       least(365.0 * {YEARS}, exp(2.4 + 0.6 * many + 1.1 * {NORMAL.format("c", "d")})) AS stays, way, special
  FROM drawn, edge;
UPDATE person
   SET team_id = %(teams)s - 1 + (id - %(people)s - 1) / {PROBE},
       acts = acts * CASE WHEN id > %(people)s + {PROBE} THEN {TENFOLD} ELSE 1 END
 WHERE id > %(people)s;
INSERT INTO pathways_contributor (id, name, is_bot) SELECT id, 'Person ' || id, special < 0.03 FROM person;
INSERT INTO pathways_identity (id, source, name, email, username, join_key, contributor_id)
SELECT 2 * id + other, 'csv:' || (3 * (team_id - 1) + 1 + floor(way * 3)::int), 'Person ' || id,
       'person-' || id || '-' || other || '@home.example', '', 'mail:person-' || id || '-' || other || '@home.example',
       id
  FROM person, generate_series(0, 1) other WHERE other = 0 OR id %% 5 = 0;
INSERT INTO pathways_affiliation (kind, from_on, contributor_id)
SELECT 'staff', {BEGINS} + CASE WHEN special > 0.98 THEN 900 ELSE 0 END, id FROM person WHERE special > {STAFF_FROM};
INSERT INTO pathways_communityrole (role, from_on, confirmed_by_id, team_id, contributor_id)
SELECT (ARRAY['leader', 'mentor', 'core'])[1 + id %% 3], {BEGINS} + 400, 1, team_id, id FROM person
 WHERE special BETWEEN 0.5 AND 0.505;
"""

CONTRIBUTIONS = f"""
INSERT INTO metrics_contribution (occurred_at, team_id, pathway_id, contributor_id, identity_id, import_id, kind_id,
                                  state, key)
SELECT occurred_at, team_id, pathway_id, id, 2 * id + CASE WHEN id %% 5 = 0 AND other < 0.3 THEN 1 ELSE 0 END,
       3 * %(teams)s * least({YEARS}, (arrives - {BEGINS}) / 365) + pathway_id,
       kinds[1 + floor(other * 5)::int],
       CASE WHEN special > 0.98 THEN (occurred_at >= {BEGINS} + 900)::int WHEN special > {STAFF_FROM} THEN 1 ELSE 0 END,
       substring(sha256((id || '.' || act)::bytea) FROM 1 FOR 11)
  FROM (
    SELECT *, 3 * (team_id - 1) + 1 + floor(3 * CASE WHEN way2 < 0.25 AND special > 0.6 THEN way2 * 4 ELSE way END)::int
                  AS pathway_id,
           (occurred_at AT TIME ZONE 'UTC')::date + CASE WHEN late < 0.05 THEN 31 + floor(late * 1000)::int ELSE 1 END
                  AS arrives
      FROM (
        SELECT person.*, act, random() AS late, random() AS other, random() AS way2,
               -- of what falls on a weekend, two thirds were done two days before
               timestamptz '2021-11-01 00:00Z' + interval '1 day' * (at - CASE WHEN floor(at)::int %% 7 > 4
                                                                    AND at > 2 AND random() < 0.67 THEN 2 ELSE 0 END)
                  AS occurred_at
          FROM person CROSS JOIN LATERAL (
            SELECT act, least(365.0 * {YEARS} - 1, begin + stays * random()) AS at
              FROM generate_series(1, acts) act OFFSET 0) AS made
      ) AS act
  ) AS act, (SELECT array_agg(id ORDER BY id) AS kinds FROM pathways_kind WHERE state = 'known' AND same_as_id IS NULL)
            AS known
 ORDER BY arrives, random()
"""

LIVES = f"""
INSERT INTO teams_milestoneevent (team_id, milestone_id, seq, action, state, actor_id, note, link, at)
SELECT t.id, m.id, 1, 'done', 'done', t.id, '', '', {BEGINS}
  FROM teams_team t
  JOIN lifecycle_stage here ON here.id = t.stage_id
  JOIN lifecycle_stage s ON s."order" <= here."order"
  JOIN lifecycle_milestone m ON m.stage_id = s.id AND NOT m.retired
 WHERE random() < 0.7;
INSERT INTO teams_checkin (team_id, held_on, note, by_id)
SELECT t.id, {BEGINS} + 30 * n + t.id %% 30, 'We met.', t.id FROM teams_team t, generate_series(50, 60) n;
INSERT INTO teams_teamrisk (team_id, text, likelihood, impact, mitigation, review_on, state, raised_by_id, version)
SELECT t.id, 'Too few people', 1 + t.id %% 3, 1 + n, '', {BEGINS} + 365 * {YEARS} + t.id %% 60 - 20, 'open', t.id, 1
  FROM teams_team t, generate_series(1, 2) n;
"""

#: Teams, accounts and registries are few; their keys are numbered on from here.
NUMBERED = (
    "teams_team",
    "teams_user",
    "pathways_pathway",
    "metrics_source",
    "metrics_import",
    "pathways_contributor",
    "pathways_identity",
)

WITH_TRIGGERS = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
 WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""

INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
 WHERE tablename = 'metrics_contribution' AND indexname <> 'metrics_contribution_pkey'
"""


def people_of(contributions: int) -> int:
    """How many people, besides the probes', make about so many contributions, the probes' included."""
    wanted = contributions / ACTS_PER_PERSON
    return round(max(wanted - (1 + TENFOLD) * PROBE, wanted / 2))


def found(*, contributions: int, teams: int = 2_000) -> None:
    """Fill an empty database with about so many contributions; nothing is counted yet, and no team is touched."""
    call_command("load_lifecycle", stdout=io.StringIO())
    values: dict[str, int | date] = {"teams": teams, "people": people_of(contributions), "today": TODAY}
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'; SET maintenance_work_mem = '1GB'")
        cursor.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
        cursor.execute("SELECT setseed(%s)", [SEED])
        # Triggers that follow facts are for facts that come in, not for those that were always there.
        cursor.execute(WITH_TRIGGERS)
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(TEAMS, values)
        cursor.execute(PEOPLE, values)
        cursor.execute(LIVES, values)
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("ALTER TABLE metrics_contribution DROP CONSTRAINT metrics_contribution_pkey")
        cursor.execute(CONTRIBUTIONS, values)
        cursor.execute("ALTER TABLE metrics_contribution ADD PRIMARY KEY (team_id, key)")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table in NUMBERED:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("RESET ALL")
        cursor.execute("VACUUM ANALYZE")
