"""Which contributions count, as SQL: the one definition that spans, figures, measures and explanations share.

An act counts when nothing quarantined or withdrew it, its source is enabled, its kind is known (or another name of
a known kind), and its pathway and its source both count that kind.
"""

#: Opens a WITH list. Parameters: teams and sources (arrays of ids, or NULL for all).
#: `kind`: what each kind counts as. `pathway`: each of the teams' pathways, with the kinds that it does not count, the
#: imports that do not count in it, and the kinds that single imports do not count, as import * 65536 + kind. All are
#: mostly empty, so that asking costs a row next to nothing.
PATHWAYS = """
kind AS (
    SELECT name.id, known.id AS counts_as
      FROM pathways_kind name
      JOIN pathways_kind known ON known.id = COALESCE(name.same_as_id, name.id) AND known.state = 'known'
), pathway AS (
    SELECT p.team_id, p.id,
           ARRAY(SELECT k.id FROM pathways_kind k LEFT JOIN kind USING (id)
                  WHERE kind.counts_as IS NULL OR (cardinality(p.counted_kinds) > 0 AND kind.counts_as <> ALL(ARRAY(
                        SELECT known.counts_as FROM kind known WHERE known.id = ANY(p.counted_kinds))))
           ) AS refused,
           ARRAY(SELECT i.id FROM metrics_source s JOIN metrics_import i ON i.source_id = s.id
                  WHERE s.pathway_id = p.id
                    AND NOT (s.enabled AND (%(sources)s::int[] IS NULL OR s.id = ANY(%(sources)s::int[])))
           ) AS off,
           ARRAY(SELECT i.id::bigint << 16 | k.id
                   FROM metrics_source s JOIN metrics_import i ON i.source_id = s.id
                  CROSS JOIN pathways_kind k LEFT JOIN kind ON kind.id = k.id
                  WHERE s.pathway_id = p.id AND cardinality(s.counted_kinds) > 0
                    AND (kind.counts_as <> ALL(ARRAY(
                        SELECT known.counts_as FROM kind known WHERE known.id = ANY(s.counted_kinds))))
           ) AS skipped
      FROM pathways_pathway p WHERE %(teams)s::int[] IS NULL OR p.team_id = ANY(%(teams)s::int[])
     ORDER BY p.team_id, p.id
)
"""

#: The condition on a contribution `c` of a `pathway`. State 0 is a volunteer's act, 1 is staff's.
COUNTS = """c.state < 2 AND c.kind_id <> ALL(refused) AND c.import_id <> ALL(off)
           AND (cardinality(skipped) = 0 OR (c.import_id::bigint << 16 | c.kind_id) <> ALL(skipped))"""
#: What COUNTS asks for of a `pathway`.
WITHHELD = "refused, off, skipped"

#: PATHWAYS, and `act`: the counted acts of the teams, of staff and of bots too. A further parameter: contributors
#: (array of ids, or NULL for all).
COUNTED = f"""
{PATHWAYS}, act AS (
    SELECT c.team_id, c.pathway_id, c.contributor_id, c.day, c.state = 1 AS staff, kind.counts_as AS kind
      FROM pathway
      JOIN metrics_contribution c ON c.team_id = pathway.team_id AND c.pathway_id = pathway.id AND {COUNTS}
      JOIN kind ON kind.id = c.kind_id
     WHERE %(contributors)s::int[] IS NULL OR c.contributor_id = ANY(%(contributors)s::int[])
)
"""
