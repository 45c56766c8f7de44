-- The baseline as it was known at a moment, in its order; the first one where none was loaded by then.
WITH editions AS (
    SELECT b.edition, min(runs.started_at) AS loaded_at
    FROM baseline_claims AS b
    LEFT JOIN runs USING (run_id)
    GROUP BY b.edition
)
SELECT *
FROM baseline_claims
WHERE edition = coalesce(
    (SELECT max(edition) FROM editions WHERE loaded_at < $stop),
    (SELECT min(edition) FROM editions)
)
ORDER BY position
