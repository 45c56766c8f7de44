-- Each feed and how it is doing: its polls, what it brings, and in which condition it is. Figures are of the 28 days up
-- to the last request of any feed; where a feed has been known for less, of that time, a week at least.
-- Conditions: new (never polled), blocked (refuses us), failing, silent (against its own habit), empty (a feed without
-- an entry), ok.
CREATE OR REPLACE VIEW sources AS
WITH today AS (
    SELECT max(requested_at) AS moment FROM fetches WHERE reason = 'feed'
),
brought AS (
    SELECT feed_url, count(*) AS articles, count(*) FILTER (WHERE relevant) AS relevant
    FROM article_revisions
    WHERE revision = 1 AND seen_at > (SELECT moment FROM today) - INTERVAL 28 DAY
    GROUP BY feed_url
),
silent AS (
    SELECT feed_url, silent_since FROM source_silence((SELECT moment FROM today))
)
SELECT
    p.feed_url,
    p.publisher,
    p.etag,
    p.last_modified,
    p.last_fetched_at,
    p.last_success_at,
    p.consecutive_failures,
    p.last_error,
    p.next_fetch_at,
    p.last_full_at,
    p.last_new_at,
    p.kind,
    CASE
        WHEN p.last_fetched_at IS NULL THEN 'new'
        WHEN p.consecutive_failures > 0 AND p.last_error LIKE 'blocked%' THEN 'blocked'
        WHEN p.consecutive_failures > 0 THEN 'failing'
        WHEN silent.feed_url IS NOT NULL THEN 'silent'
        WHEN p.entries = 0 THEN 'empty'
        ELSE 'ok'
    END AS condition,
    silent.silent_since,
    coalesce(brought.articles, 0)
        / greatest(1, least(4, epoch((SELECT moment FROM today) - p.first_fetched_at) / 604800)) AS articles_per_week,
    brought.relevant / brought.articles AS relevant_share,
    p.note
FROM source_polls AS p
LEFT JOIN brought USING (feed_url)
LEFT JOIN silent USING (feed_url);
