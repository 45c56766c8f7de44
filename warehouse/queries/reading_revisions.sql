-- Every revision of every article, copies aside, that ever stated one of some claims.
SELECT r.article_id, r.revision, r.publisher, r.published_at, r.seen_at
FROM article_revisions AS r
WHERE r.duplicate_of IS NULL
  AND r.article_id IN (SELECT article_id FROM claim_observations WHERE claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]'))))
ORDER BY r.seen_at, r.published_at, r.article_id, r.revision
