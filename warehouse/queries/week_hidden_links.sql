-- Feeds whose links hid where the article is when a week ended, with how many did.
WITH outlets AS (
    SELECT feed_url, arg_max(publisher, feed_no) AS publisher FROM feeds GROUP BY feed_url
),
veiled AS (
    SELECT feed_url, canonical_url, arg_max(error, fetch_no) AS error, max(requested_at) AS asked_at
    FROM fetches
    WHERE reason IN ('entry', 'retry') AND feed_url IS NOT NULL AND requested_at >= $start AND requested_at < $stop
    GROUP BY feed_url, canonical_url
    HAVING NOT bool_or(raw_path IS NOT NULL) AND error LIKE 'hidden address%'
)
SELECT
    feed_url,
    coalesce(any_value(outlets.publisher), feed_url) AS publisher,
    count(*) AS failures,
    any_value(error) AS last_error,
    max(asked_at) AS last_success_at
FROM veiled
LEFT JOIN outlets USING (feed_url)
GROUP BY feed_url
ORDER BY feed_url
