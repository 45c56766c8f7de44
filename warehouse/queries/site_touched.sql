-- The claims of which something became different by the runs after the first $seen ones, or in some weeks.
-- Runs are counted in the order in which they were published: their clocks and names may be in another.
WITH fresh AS (
    SELECT run_id FROM runs WHERE rowid >= $seen
),
revised AS (
    SELECT article_id FROM article_revisions WHERE run_id IN (SELECT run_id FROM fresh) AND revision > 1
    UNION
    SELECT article_id FROM copy_verdicts WHERE run_id IN (SELECT run_id FROM fresh)
)
SELECT claim_id FROM claim_observations
WHERE run_id IN (SELECT run_id FROM fresh) OR article_id IN (SELECT article_id FROM revised)
UNION
SELECT claim_id FROM claim_changes
WHERE run_id IN (SELECT run_id FROM fresh) OR week IN (SELECT unnest(from_json($weeks, '["VARCHAR"]')))
UNION
SELECT claim_id FROM claim_states WHERE run_id IN (SELECT run_id FROM fresh)
ORDER BY claim_id
