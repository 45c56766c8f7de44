-- Texts of the latest relevant articles, copies aside, that the topics fit. Rows are found first and read by their
-- number: DuckDB would otherwise read every text of the table.
WITH latest AS (
    SELECT rowid AS number, seen_at, article_id
    FROM article_revisions AS r
    ANTI JOIN verdicts_as_of('infinity') AS verdicts ON verdicts.article_id = r.article_id
    WHERE r.revision = 1 AND r.relevant AND r.duplicate_of IS NULL AND r.seen_at >= $since
      AND r.article_id NOT IN (SELECT article_id FROM unplaced_articles)
    ORDER BY r.seen_at DESC, r.article_id
    LIMIT $most
)
SELECT text FROM article_revisions WHERE rowid IN (SELECT number FROM latest) ORDER BY seen_at DESC, article_id
