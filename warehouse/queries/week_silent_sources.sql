-- Feeds that answered between two moments and brought nothing, though they brought something in at least three of the
-- four weeks before.
WITH polls AS (
    SELECT
        feed_url,
        strftime(requested_at, '%G-W%V') AS week,
        requested_at >= $start AS now,
        sum(new_entries) AS new_entries,
        bool_and(coalesce(status IN (200, 304), false) AND error IS NULL) AS succeeded,
        max(requested_at) FILTER (WHERE new_entries > 0) AS last_new_at
    FROM fetches
    WHERE reason = 'feed' AND feed_url IS NOT NULL
        AND requested_at >= $start::TIMESTAMPTZ - INTERVAL 28 DAY AND requested_at < $stop
    GROUP BY ALL
),
outlets AS (
    SELECT feed_url, arg_max(publisher, feed_no) AS publisher FROM feeds GROUP BY feed_url
)
SELECT
    feed_url,
    coalesce(any_value(outlets.publisher), feed_url) AS publisher,
    max(last_new_at) AS last_new_at
FROM polls
LEFT JOIN outlets USING (feed_url)
GROUP BY feed_url
HAVING bool_or(now)
    AND coalesce(bool_and(succeeded) FILTER (WHERE now), false)
    AND sum(new_entries) FILTER (WHERE now) = 0
    AND count(*) FILTER (WHERE NOT now AND new_entries > 0) >= 3
ORDER BY feed_url
