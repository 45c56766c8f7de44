-- Entries whose page has not been had yet and may be asked for now: never tried, or due again. One an address, as the
-- feed gave it that brought it first. The few rows that count are found by their address and row number alone, then read
-- whole: DuckDB would otherwise carry all columns of all rows through the join.
WITH outstanding AS (
    SELECT canonical_url, rowid AS number
    FROM entries
    ANTI JOIN (SELECT canonical_url FROM fetches WHERE raw_path IS NOT NULL) USING (canonical_url)
),
tries AS (
    SELECT
        canonical_url,
        count(*) FILTER (WHERE error IS NOT NULL OR status >= 400) AS failures,
        arg_max({'next_fetch_at': next_fetch_at}, fetch_no) AS latest
    FROM fetches
    WHERE reason IN ('entry', 'visit', 'retry') AND canonical_url IN (SELECT canonical_url FROM outstanding)
    GROUP BY canonical_url
),
promised AS (
    SELECT unnest(arg_min(e, (e.first_seen_at, e.feed_url)))
    FROM entries AS e
    WHERE e.rowid IN (SELECT number FROM outstanding)
    GROUP BY e.canonical_url
)
SELECT
    promised.url,
    promised.canonical_url,
    promised.feed_url,
    promised.publisher,
    CASE WHEN tries.canonical_url IS NULL THEN 'entry' ELSE 'retry' END AS reason,
    coalesce(tries.failures, 0)::INTEGER AS failures,
    promised.first_seen_at,
    promised.title,
    promised.published_at
FROM promised
LEFT JOIN tries USING (canonical_url)
WHERE tries.canonical_url IS NULL OR tries.latest.next_fetch_at <= $now
ORDER BY promised.first_seen_at, promised.published_at DESC NULLS LAST, promised.canonical_url
LIMIT $most
