-- The topics of each article at its newest revision.
CREATE OR REPLACE VIEW article_topics AS
WITH newest AS (
    SELECT article_id, max(revision) AS revision FROM article_revisions GROUP BY article_id
)
SELECT topics.article_id, topics.topic, topics.score, topics.terms, topics.run_id
FROM revision_topics AS topics
JOIN newest USING (article_id, revision);
