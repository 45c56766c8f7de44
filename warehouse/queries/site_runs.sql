-- How many runs were published, the last of those that a site has taken in, which baseline is loaded, and marks of what
-- was observed and changed up to there and up to now: a warehouse that was rebuilt has the same runs and other marks.
WITH rows AS (
    SELECT run_id, hash(observation_id, value_low, value_high, value_text, value_from, value_to) AS mark
    FROM claim_observations
    UNION ALL
    SELECT run_id, hash(change_id, kind, week) AS mark FROM claim_changes
),
marked AS (
    SELECT
        sum(mark) AS now,
        sum(mark) FILTER (WHERE run_id IN (SELECT run_id FROM runs WHERE rowid < $seen)) AS seen
    FROM rows
)
SELECT
    (SELECT count(*) FROM runs) AS runs,
    (SELECT run_id FROM runs WHERE rowid = $seen - 1) AS last_seen,
    (SELECT run_id FROM runs ORDER BY rowid DESC LIMIT 1) AS last,
    (SELECT max(edition) FROM baseline_claims) AS baseline,
    coalesce(marked.seen, 0)::VARCHAR AS mark_seen,
    coalesce(marked.now, 0)::VARCHAR AS mark
FROM marked
