-- Stored articles by their addresses, as candidates for what a page declares as its original. Rows are found first and
-- read by their number: DuckDB would otherwise read every text of the table.
WITH found AS (
    SELECT article_id, arg_max(rowid, revision) AS number, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE url IN (SELECT unnest(from_json($urls, '["VARCHAR"]')))
    GROUP BY article_id
)
SELECT r.article_id, r.url, r.publisher, r.title, r.text, r.published_at, found.first_seen_at, r.duplicate_of
FROM article_revisions AS r
JOIN found ON found.number = r.rowid
WHERE r.rowid IN (SELECT number FROM found)
ORDER BY r.article_id
