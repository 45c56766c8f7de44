-- Relevant articles, copies aside, by topic, of those first seen between two moments.
SELECT topics.topic, count(*) AS articles
FROM revision_topics AS topics
JOIN article_revisions AS r USING (article_id, revision)
ANTI JOIN verdicts_as_of($stop::TIMESTAMPTZ - INTERVAL 1 MICROSECOND) AS verdicts USING (article_id)
WHERE r.revision = 1 AND r.relevant AND r.duplicate_of IS NULL AND r.seen_at >= $start AND r.seen_at < $stop
GROUP BY topics.topic
ORDER BY articles DESC, topics.topic
