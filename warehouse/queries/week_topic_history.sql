-- Relevant articles, copies aside, by the week in which they were first seen and by topic.
SELECT strftime(r.seen_at, '%G-W%V') AS week, topics.topic AS name, count(*) AS count
FROM revision_topics AS topics
JOIN article_revisions AS r USING (article_id, revision)
WHERE r.revision = 1 AND r.relevant AND r.duplicate_of IS NULL AND r.seen_at >= $since AND r.seen_at < $stop
GROUP BY ALL
ORDER BY ALL
