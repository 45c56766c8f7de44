-- The changes between two moments, each with the observation that brought it and the one that was held before, and where its claim
-- stood at the second.
WITH changes AS (
    SELECT * FROM claim_changes WHERE changed_at >= $start AND changed_at < $stop
),
said AS (
    SELECT *
    FROM claim_observations
    WHERE rowid IN (
        SELECT rowid
        FROM claim_observations
        WHERE observation_id IN (
            SELECT observation_id FROM changes UNION ALL SELECT previous_observation_id FROM changes
        )
    )
),
sources AS (
    SELECT article_id, revision, url, title, publisher, published_at, partial
    FROM article_revisions
    WHERE rowid IN (
        SELECT rowid FROM article_revisions WHERE article_id IN (SELECT article_id FROM said)
    )
)
SELECT
    c.change_id, c.claim_id, c.kind, c.changed_at,
    o.subject, o.attribute, o.qualifiers,
    coalesce(claims.status, 'held') AS status, coalesce(claims.publishers, 0) AS publishers,
    o.observation_id AS now_observation_id, o.value_low AS now_value_low, o.value_high AS now_value_high,
    o.approximate AS now_approximate, o.unit AS now_unit, o.value_text AS now_value_text,
    o.value_from AS now_value_from, o.value_to AS now_value_to, o.past AS now_past, o.modality AS now_modality,
    o.polarity AS now_polarity, o.attribution AS now_attribution, o.sentence AS now_sentence,
    o.article_id AS now_article_id, a.url AS now_url, a.title AS now_title, a.publisher AS now_publisher,
    a.published_at AS now_published_at, o.seen_at AS now_seen_at, o.confidence AS now_confidence,
    a.partial AS now_partial,
    p.observation_id AS old_observation_id, p.value_low AS old_value_low, p.value_high AS old_value_high,
    p.approximate AS old_approximate, p.unit AS old_unit, p.value_text AS old_value_text,
    p.value_from AS old_value_from, p.value_to AS old_value_to, p.past AS old_past, p.modality AS old_modality,
    p.polarity AS old_polarity, p.attribution AS old_attribution, p.sentence AS old_sentence,
    p.article_id AS old_article_id, b.url AS old_url, b.title AS old_title, b.publisher AS old_publisher,
    b.published_at AS old_published_at, p.seen_at AS old_seen_at, p.confidence AS old_confidence,
    b.partial AS old_partial
FROM changes AS c
JOIN said AS o ON o.observation_id = c.observation_id
JOIN sources AS a ON a.article_id = o.article_id AND a.revision = o.revision
LEFT JOIN claims_as_of($stop::TIMESTAMPTZ - INTERVAL 1 MICROSECOND) AS claims ON claims.claim_id = c.claim_id
LEFT JOIN said AS p ON p.observation_id = c.previous_observation_id
LEFT JOIN sources AS b ON b.article_id = p.article_id AND b.revision = p.revision
ORDER BY c.changed_at, o.published_at, c.change_id
