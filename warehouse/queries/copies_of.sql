-- The stored copies of some articles.
SELECT DISTINCT r.article_id, r.duplicate_of, r.duplicate_kind
FROM (
    SELECT article_id, duplicate_of, duplicate_kind
    FROM verdicts_as_of('infinity')
    UNION ALL
    SELECT article_id, arg_max(duplicate_of, revision), arg_max(duplicate_kind, revision)
    FROM article_revisions
    ANTI JOIN copy_verdicts USING (article_id)
    WHERE duplicate_of IS NOT NULL
    GROUP BY article_id
) AS r
WHERE r.duplicate_of IN (SELECT unnest(from_json($originals, '["VARCHAR"]')))
ORDER BY r.article_id
