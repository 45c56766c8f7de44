-- For each new text, the stored articles that share a band with it. The join is by the
-- hash alone, what else must be equal is looked at in what it finds: with all of it in its key it takes twice the time.
-- The scheme of a run's signatures is one.
-- Rows are found first and read by their number: DuckDB would otherwise read every text of the table.
WITH wanted AS MATERIALIZED (
    SELECT unnest(
        from_json($wanted, '[{"owner": "VARCHAR", "scheme": "VARCHAR", "band": "INTEGER", "hash": "BIGINT"}]'),
        max_depth := 2
    )
),
pairs AS (
    SELECT DISTINCT wanted.owner, signatures.article_id
    FROM wanted
    JOIN signatures USING (hash)
    WHERE signatures.article_id <> wanted.owner AND signatures.scheme IN (SELECT scheme FROM wanted)
      AND signatures.band - wanted.band = 0
),
found AS (
    SELECT article_id, arg_max(rowid, revision) AS number, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM pairs)
    GROUP BY article_id
)
SELECT pairs.owner, r.article_id, r.url, r.publisher, r.title, r.text, r.published_at, found.first_seen_at,
       coalesce(verdicts.duplicate_of, r.duplicate_of) AS duplicate_of, r.declared_original
FROM article_revisions AS r
JOIN found ON found.number = r.rowid
JOIN pairs ON pairs.article_id = r.article_id
LEFT JOIN verdicts_as_of('infinity') AS verdicts ON verdicts.article_id = r.article_id
WHERE r.rowid IN (SELECT number FROM found)
ORDER BY pairs.owner, found.first_seen_at, r.published_at, r.article_id
