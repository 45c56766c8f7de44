-- Articles at their newest revision, without their text.
SELECT r.article_id, r.url, r.publisher, r.revision, r.content_hash, r.raw_path, r.relevant,
       coalesce(verdicts.duplicate_of, r.duplicate_of) AS duplicate_of, r.published_at, first.first_seen_at
FROM article_revisions AS r
JOIN (
    SELECT article_id, max(revision) AS revision, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE article_id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))
    GROUP BY article_id
) AS first USING (article_id, revision)
LEFT JOIN verdicts_as_of('infinity') AS verdicts USING (article_id)
