-- New pages that were asked for between two moments and not had by the end.
WITH tries AS (
    SELECT
        canonical_url,
        arg_max(coalesce(error, 'HTTP ' || status, 'no answer'), fetch_no) AS error,
        count(*) AS attempts
    FROM fetches
    WHERE reason IN ('entry', 'retry') AND requested_at >= $start AND requested_at < $stop
    GROUP BY canonical_url
    HAVING NOT bool_or(raw_path IS NOT NULL)
),
outlets AS (
    SELECT canonical_url, min(publisher) AS publisher
    FROM entries
    WHERE canonical_url IN (SELECT canonical_url FROM tries) AND first_seen_at < $stop
    GROUP BY canonical_url
)
SELECT canonical_url AS url, coalesce(outlets.publisher, '') AS publisher, tries.error, tries.attempts
FROM tries
LEFT JOIN outlets USING (canonical_url)
ORDER BY canonical_url
