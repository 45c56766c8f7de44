-- Every place that ever stated some claims, with its article. It stands where its article is no copy and still says it.
WITH said AS (
    SELECT * FROM claim_observations
    WHERE claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]')))
),
revisions AS (
    SELECT article_id, revision, url, title, publisher, published_at, duplicate_of, partial
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM said)
),
newest AS (
    SELECT article_id, max(revision) AS revision FROM revisions GROUP BY article_id
)
SELECT
    said.claim_id, said.observation_id, said.value_low, said.value_high, said.approximate, said.unit, said.value_text,
    said.value_from, said.value_to, said.past, said.modality, said.polarity, said.attribution, said.sentence,
    said.article_id, r.url, r.title, r.publisher, r.published_at, said.seen_at, said.confidence, r.partial,
    said.revision, said.cites,
    r.duplicate_of IS NULL AND verdicts.article_id IS NULL AND said.revision = newest.revision AS standing
FROM said
JOIN revisions AS r USING (article_id, revision)
JOIN newest ON newest.article_id = said.article_id
LEFT JOIN verdicts_as_of('infinity') AS verdicts ON verdicts.article_id = said.article_id
ORDER BY said.claim_id, coalesce(r.published_at, said.seen_at), said.seen_at, r.url, said.char_start, said.observation_id
