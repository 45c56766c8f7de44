-- The numbers that articles, copies aside, gave some claims up to a moment, each article at its newest revision then.
-- What only has a bound (from nothing to a bound is how "less than" is kept) is no number to draw.
WITH said AS (
    SELECT *
    FROM claim_observations
    WHERE claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]')))
        AND seen_at < $stop
        AND polarity = 'affirmed' AND NOT past
        AND value_low IS NOT NULL AND value_high IS NOT NULL AND (value_low <> 0 OR value_high = 0)
),
newest AS (
    SELECT article_id, max(revision) AS revision
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM said) AND seen_at < $stop
    GROUP BY article_id
)
SELECT
    said.claim_id, coalesce(r.published_at, r.seen_at) AS said_at, r.publisher,
    said.value_low, said.value_high, said.approximate, said.unit, said.value_text, said.value_from, said.value_to
FROM said
JOIN newest USING (article_id, revision)
JOIN article_revisions AS r USING (article_id, revision)
WHERE r.duplicate_of IS NULL
ORDER BY said.claim_id, said_at, r.publisher, said.value_low, said.value_high, said.observation_id
