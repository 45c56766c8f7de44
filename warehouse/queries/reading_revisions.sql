-- Every revision of every article, copies aside, that ever stated one of some claims. What was read before it was found
-- to be a copy stays in the history, as said by its original's outlet; what a portal republishes
-- is told by the outlet that it names.
WITH wanted AS (
    SELECT DISTINCT article_id
    FROM claim_observations
    WHERE claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]')))
),
verdicts AS (
    SELECT article_id, duplicate_of
    FROM verdicts_as_of('infinity')
    WHERE article_id IN (SELECT article_id FROM wanted)
),
outlets AS (
    SELECT article_id, arg_min(coalesce(origin, publisher), revision) AS publisher
    FROM article_revisions
    WHERE article_id IN (SELECT duplicate_of FROM verdicts)
    GROUP BY article_id
)
SELECT
    r.article_id,
    r.revision,
    coalesce(outlets.publisher, r.origin, r.publisher) AS publisher,
    r.published_at,
    r.seen_at,
    verdicts.duplicate_of AS original
FROM article_revisions AS r
LEFT JOIN verdicts USING (article_id)
LEFT JOIN outlets ON outlets.article_id = verdicts.duplicate_of
WHERE r.duplicate_of IS NULL AND r.article_id IN (SELECT article_id FROM wanted)
ORDER BY r.seen_at, r.published_at, r.article_id, r.revision
