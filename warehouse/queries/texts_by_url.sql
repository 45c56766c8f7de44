-- Stored articles at some addresses, or that declare one of them as their original's: candidates for pages that declare.
-- Rows are found first and read by their number: DuckDB would otherwise read every text of the table.
WITH wanted AS MATERIALIZED (
    SELECT unnest(from_json($urls, '["VARCHAR"]')) AS url
),
near AS (
    SELECT article_id FROM article_revisions WHERE url IN (SELECT url FROM wanted)
    UNION
    SELECT article_id FROM article_revisions WHERE declared_original IN (SELECT url FROM wanted)
),
found AS (
    SELECT article_id, arg_max(rowid, revision) AS number, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM near)
    GROUP BY article_id
)
SELECT r.article_id, r.url, r.publisher, r.title, r.text, r.published_at, found.first_seen_at,
       coalesce(verdicts.duplicate_of, r.duplicate_of) AS duplicate_of, r.declared_original
FROM article_revisions AS r
JOIN found ON found.number = r.rowid
LEFT JOIN verdicts_as_of('infinity') AS verdicts ON verdicts.article_id = r.article_id
WHERE r.rowid IN (SELECT number FROM found)
ORDER BY r.article_id
