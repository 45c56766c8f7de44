-- Entries whose page has not been had yet and may be asked for now: never tried, or due again. One an address, as the
-- feed gave it that brought it first; where the address itself had to be found out, the one that was found. Those on
-- hosts that hide addresses come last, by a budget of their own, the newest of those asked least often first and, at
-- the end, those that some other source has brought an article of the same title for. The few rows that count are found by their address and row number alone, then read
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
resolved AS (
    SELECT canonical_url, arg_max(final_url, fetch_no) AS url
    FROM fetches
    WHERE reason = 'resolve' AND canonical_url IN (SELECT canonical_url FROM outstanding)
    GROUP BY canonical_url
),
promised AS (
    SELECT unnest(arg_min(e, (e.first_seen_at, e.feed_url)))
    FROM entries AS e
    WHERE e.rowid IN (SELECT number FROM outstanding)
    GROUP BY e.canonical_url
),
due AS (
    SELECT
        coalesce(resolved.url, promised.url) AS url,
        promised.canonical_url,
        promised.feed_url,
        promised.publisher,
        CASE WHEN tries.canonical_url IS NULL THEN 'entry' ELSE 'retry' END AS reason,
        coalesce(tries.failures, 0)::INTEGER AS failures,
        promised.first_seen_at,
        promised.title,
        promised.published_at,
        resolved.url IS NULL
            AND list_contains(
                from_json($hosts, '["VARCHAR"]'), regexp_extract(promised.url, '^https?://([^/:?#]+)', 1)
            ) AS hidden
    FROM promised
    LEFT JOIN tries USING (canonical_url)
    LEFT JOIN resolved USING (canonical_url)
    WHERE tries.canonical_url IS NULL OR tries.latest.next_fetch_at <= $now
),
had AS (
    SELECT DISTINCT title FROM article_revisions WHERE title IN (SELECT title FROM due WHERE hidden AND length(title) >= 12)
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY hidden
            ORDER BY
                hidden AND had.title IS NOT NULL,
                CASE WHEN hidden THEN failures ELSE 0 END,
                CASE WHEN hidden THEN -epoch(first_seen_at) ELSE epoch(first_seen_at) END,
                published_at DESC NULLS LAST,
                canonical_url
        ) AS place
    FROM due
    LEFT JOIN had USING (title)
)
SELECT * EXCLUDE (hidden, place)
FROM ranked
WHERE place <= CASE WHEN hidden THEN $most_hidden ELSE $most END
ORDER BY hidden, place
