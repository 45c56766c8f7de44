-- Known relevant articles whose page is due for another, conditional, visit; the youngest first. What was not asked for
-- in half a year is left alone: visits end long before, and so a run does not go through the requests of all years.
WITH visits AS (
    SELECT
        canonical_url,
        arg_max({'etag': etag, 'last_modified': last_modified}, fetch_no)
            FILTER (WHERE status = 200) AS validators,
        arg_max({'url': url, 'next_fetch_at': next_fetch_at}, fetch_no) AS latest,
        max(fetch_no) FILTER (WHERE status IN (200, 304)) AS last_answer_no,
        list(fetch_no) AS numbers
    FROM fetches
    WHERE reason IN ('entry', 'visit', 'retry') AND requested_at >= $now::TIMESTAMPTZ - INTERVAL 180 DAY
    GROUP BY canonical_url
),
due AS (
    SELECT * FROM visits WHERE latest.next_fetch_at <= $now
),
newest AS (
    SELECT article_id, max(revision) AS revision, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE coalesce(entry_url, url) IN (SELECT canonical_url FROM due)
    GROUP BY article_id
)
SELECT
    due.latest.url AS url,
    due.canonical_url,
    coalesce(r.feed_url, '') AS feed_url,
    r.publisher,
    'visit' AS reason,
    r.article_id,
    due.validators.etag AS etag,
    due.validators.last_modified AS last_modified,
    newest.first_seen_at,
    len(list_filter(due.numbers, lambda number: number > coalesce(due.last_answer_no, 0))) AS failures,
    r.title,
    r.published_at
FROM newest
JOIN article_revisions AS r USING (article_id, revision)
JOIN due ON due.canonical_url = coalesce(r.entry_url, r.url)
WHERE r.relevant
ORDER BY r.published_at DESC NULLS LAST, r.url
LIMIT $most
