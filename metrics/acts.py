"""Which contributions count, as SQL: the one definition that spans, figures, measures and explanations share.

An act counts when nothing quarantined or withdrew it, its source is enabled, its kind is known (or another name of
a known kind), and its pathway is the team's and counts that kind.
"""

#: Opens a WITH list. Parameters: team (id); contributors and sources (arrays of ids, or NULL for all).
#: `kind`: what each kind counts as. `act`: the counted acts, of staff and of bots too.
COUNTED = """
kind AS (
    SELECT name.id, known.id AS counts_as
      FROM pathways_kind name
      JOIN pathways_kind known ON known.id = COALESCE(name.same_as_id, name.id) AND known.state = 'known'
), pathway AS (
    SELECT id, cardinality(counted_kinds) = 0 AS counts_all,
           ARRAY(SELECT counts_as FROM kind WHERE kind.id = ANY(counted_kinds)) AS counted
      FROM pathways_pathway WHERE team_id = %(team)s
), act AS (
    SELECT c.pathway_id, c.contributor_id, c.day, c.staff, kind.counts_as AS kind
      FROM (
        SELECT pathway_id, contributor_id, day, staff, kind_id, source_id
          FROM metrics_contribution
         WHERE team_id = %(team)s AND state = 0 AND pathway_id = ANY(ARRAY(SELECT id FROM pathway))
           AND (%(contributors)s::int[] IS NULL OR contributor_id = ANY(%(contributors)s::int[]))
           AND (%(sources)s::int[] IS NULL OR source_id = ANY(%(sources)s::int[]))
        OFFSET 0  -- one scan: without the fence, a planner without statistics scans once per kind
      ) AS c
      JOIN pathway ON pathway.id = c.pathway_id
      JOIN metrics_source source ON source.id = c.source_id AND source.enabled
      JOIN kind ON kind.id = c.kind_id
     WHERE pathway.counts_all OR kind.counts_as = ANY(pathway.counted)
)
"""
