-- What was read between two moments.
SELECT
    (SELECT count(*) FROM runs WHERE flow = 'monitor' AND started_at >= $start AND started_at < $stop) AS runs,
    (
        SELECT count(DISTINCT feed_url)
        FROM fetches
        WHERE reason = 'feed' AND requested_at >= $start AND requested_at < $stop
    ) AS sources,
    count(*) FILTER (WHERE first) AS articles,
    count(*) FILTER (WHERE first AND relevant) AS relevant,
    count(*) FILTER (WHERE first AND relevant AND duplicate_of IS NOT NULL) AS copies,
    count(*) FILTER (WHERE NOT first) AS revisions,
    count(DISTINCT publisher) FILTER (WHERE relevant) AS publishers,
    NOT EXISTS (SELECT 1 FROM runs WHERE flow = 'monitor' AND started_at < $start) AS first_week
FROM (
    SELECT publisher, relevant, coalesce(r.duplicate_of, verdicts.duplicate_of) AS duplicate_of, revision = 1 AS first
    FROM article_revisions AS r
    LEFT JOIN verdicts_as_of($stop::TIMESTAMPTZ - INTERVAL 1 MICROSECOND) AS verdicts USING (article_id)
    WHERE seen_at >= $start AND seen_at < $stop
)
