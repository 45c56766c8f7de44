-- How many runs were published, and the last of those that a site has taken in.
SELECT
    (SELECT count(*) FROM runs) AS runs,
    (SELECT run_id FROM runs WHERE rowid = $seen - 1) AS last_seen,
    (SELECT run_id FROM runs ORDER BY rowid DESC LIMIT 1) AS last
