-- The revision that was made of a capture, with its topics in order of their score.
SELECT
    r.*,
    list(t.topic ORDER BY t.score DESC, t.topic) FILTER (WHERE t.topic IS NOT NULL) AS topics,
    list(t.score ORDER BY t.score DESC, t.topic) FILTER (WHERE t.topic IS NOT NULL) AS scores,
    list(t.terms ORDER BY t.score DESC, t.topic) FILTER (WHERE t.topic IS NOT NULL) AS terms
FROM before.main.article_revisions AS r
LEFT JOIN before.main.revision_topics AS t USING (article_id, revision)
WHERE r.raw_path = $place
GROUP BY ALL
