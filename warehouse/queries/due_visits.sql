-- Known articles whose page is due for another, conditional, visit, likely edits first. Urgent are those that their feed
-- calls by another title than before; they are seen again whatever they are about, others only where they are relevant.
-- The chance of an edit falls with the age of an article and grows with the time since it was last looked at and with
-- the edits that it has had: so what is new or was edited before comes first, and what has waited comes up in the end.
-- What was not asked for in half a year is left alone: visits end long before, and so a run does not go through the
-- requests of all years.
WITH urgent AS (
    SELECT unnest(from_json($urgent, '["VARCHAR"]')) AS canonical_url
),
visits AS (
    SELECT
        canonical_url,
        arg_max({'etag': etag, 'last_modified': last_modified}, fetch_no)
            FILTER (WHERE status = 200 AND error IS NULL) AS validators,
        arg_max({'url': url, 'next_fetch_at': next_fetch_at, 'requested_at': requested_at}, fetch_no) AS latest,
        max(fetch_no) FILTER (WHERE status IN (200, 304) AND error IS NULL) AS last_answer_no,
        list(fetch_no) AS numbers
    FROM fetches
    WHERE reason IN ('entry', 'visit', 'retry') AND requested_at >= $now::TIMESTAMPTZ - INTERVAL 180 DAY
    GROUP BY canonical_url
),
due AS (
    SELECT visits.*, urgent.canonical_url IS NOT NULL AS is_urgent
    FROM visits
    LEFT JOIN urgent USING (canonical_url)
    WHERE latest.next_fetch_at <= $now OR is_urgent
),
newest AS (
    SELECT
        coalesce(entry_url, url) AS canonical_url,
        arg_max(article_id, (seen_at, revision)) AS article_id,
        arg_max(revision, (seen_at, revision)) AS revision
    FROM article_revisions
    WHERE coalesce(entry_url, url) IN (SELECT canonical_url FROM due)
    GROUP BY coalesce(entry_url, url)
),
first AS (
    SELECT article_id, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM newest)
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
    first.first_seen_at,
    len(list_filter(due.numbers, lambda number: number > coalesce(due.last_answer_no, 0))) AS failures,
    r.title,
    r.published_at
FROM newest
JOIN article_revisions AS r USING (article_id, revision)
JOIN first USING (article_id)
JOIN due ON due.canonical_url = newest.canonical_url
WHERE r.relevant OR due.is_urgent
ORDER BY
    due.is_urgent DESC,
    round(
        epoch($now::TIMESTAMPTZ - due.latest.requested_at)
        / greatest(3600, epoch($now::TIMESTAMPTZ - least(first.first_seen_at, coalesce(r.published_at, first.first_seen_at))))
        * r.revision,
        3
    ) DESC,
    r.published_at DESC NULLS LAST,
    r.url
LIMIT $most
