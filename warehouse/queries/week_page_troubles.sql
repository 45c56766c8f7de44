-- Pages that were asked for the first time between two moments and not had by the end. What has been missing for longer
-- was told in its own week; links that hide the article's address are told with their feed.
WITH tries AS (
    SELECT
        canonical_url,
        arg_max(coalesce(error, 'HTTP ' || status, 'no answer'), fetch_no) AS error,
        count(*) AS attempts
    FROM fetches
    WHERE reason IN ('entry', 'retry') AND requested_at >= $start AND requested_at < $stop
    GROUP BY canonical_url
    HAVING NOT bool_or(raw_path IS NOT NULL) AND coalesce(arg_max(fetches.error, fetch_no), '') NOT LIKE 'hidden address%'
),
known AS (
    SELECT DISTINCT canonical_url
    FROM fetches
    WHERE canonical_url IN (SELECT canonical_url FROM tries) AND reason IN ('entry', 'retry') AND requested_at < $start
),
outlets AS (
    SELECT canonical_url, min(publisher) AS publisher
    FROM entries
    WHERE canonical_url IN (SELECT canonical_url FROM tries) AND first_seen_at < $stop
    GROUP BY canonical_url
)
SELECT canonical_url AS url, coalesce(outlets.publisher, '') AS publisher, tries.error, tries.attempts
FROM tries
ANTI JOIN known USING (canonical_url)
LEFT JOIN outlets USING (canonical_url)
ORDER BY canonical_url
