-- For each new text, the stored articles that share a band with it.
WITH wanted AS (
    SELECT unnest($owners) AS owner, unnest($bands) AS band, unnest($hashes) AS hash
),
pairs AS (
    SELECT DISTINCT wanted.owner, signatures.article_id
    FROM wanted
    JOIN signatures USING (band, hash)
    WHERE signatures.scheme = $scheme AND signatures.article_id <> wanted.owner
)
SELECT pairs.owner, a.article_id, a.url, a.publisher, a.title, a.text, a.published_at, a.first_seen_at, a.duplicate_of
FROM pairs
JOIN articles AS a USING (article_id)
ORDER BY pairs.owner, a.article_id
