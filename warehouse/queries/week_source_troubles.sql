-- Feeds that failed between two moments, with the last success that they had had by then.
WITH polls AS (
    SELECT *, coalesce(status IN (200, 304), false) AND error IS NULL AS succeeded
    FROM fetches
    WHERE reason = 'feed' AND feed_url IS NOT NULL AND requested_at < $stop
),
outlets AS (
    SELECT feed_url, arg_max(publisher, feed_no) AS publisher FROM feeds GROUP BY feed_url
)
SELECT
    feed_url,
    coalesce(any_value(outlets.publisher), feed_url) AS publisher,
    count(*) FILTER (WHERE NOT succeeded AND requested_at >= $start) AS failures,
    arg_max(coalesce(error, 'HTTP ' || status, 'no answer'), fetch_no)
        FILTER (WHERE NOT succeeded AND requested_at >= $start) AS last_error,
    max(requested_at) FILTER (WHERE succeeded) AS last_success_at
FROM polls
LEFT JOIN outlets USING (feed_url)
GROUP BY feed_url
HAVING failures > 0
ORDER BY feed_url
