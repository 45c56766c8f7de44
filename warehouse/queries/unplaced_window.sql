-- Articles of late that the topics fit badly at their newest revision, the latest first.
WITH newest AS (
    SELECT article_id, max(revision) AS revision, min(seen_at) AS first_seen_at, arg_max(rowid, revision) AS number
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM unplaced_articles)
      AND article_id NOT IN (SELECT article_id FROM verdicts_as_of('infinity'))
    GROUP BY article_id
    HAVING min(seen_at) >= $since
)
SELECT article_id, revision, r.publisher, r.title, unplaced.fit, unplaced.terms, newest.first_seen_at
FROM unplaced_articles AS unplaced
JOIN newest USING (article_id, revision)
JOIN (
    SELECT rowid AS number, publisher, title, relevant, duplicate_of
    FROM article_revisions
    WHERE rowid IN (SELECT number FROM newest)
) AS r USING (number)
WHERE r.relevant AND r.duplicate_of IS NULL
ORDER BY newest.first_seen_at DESC, article_id
LIMIT $most
