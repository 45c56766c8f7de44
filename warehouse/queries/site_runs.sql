-- How many runs were published, the last of those that a site has taken in, and which baseline is loaded.
SELECT
    (SELECT count(*) FROM runs) AS runs,
    (SELECT run_id FROM runs WHERE rowid = $seen - 1) AS last_seen,
    (SELECT run_id FROM runs ORDER BY rowid DESC LIMIT 1) AS last,
    (SELECT max(edition) FROM baseline_claims) AS baseline
