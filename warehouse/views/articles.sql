-- Each article at its newest revision. When it was last seen and whether it is gone follow from the visits to its page.
CREATE OR REPLACE VIEW articles AS
WITH newest AS (
    SELECT article_id, max(revision) AS revision, min(seen_at) AS first_seen_at, max(seen_at) AS last_read_at
    FROM article_revisions
    GROUP BY article_id
),
visits AS (
    SELECT
        canonical_url,
        max(requested_at) FILTER (WHERE status IN (200, 304) AND error IS NULL) AS last_answer_at,
        list(requested_at) FILTER (WHERE status IN (404, 410)) AS gone
    FROM fetches
    WHERE reason IN ('entry', 'visit', 'retry')
    GROUP BY canonical_url
)
SELECT
    r.article_id,
    r.url,
    r.feed_url,
    r.publisher,
    r.title,
    r.author,
    r.published_at,
    r.modified_at,
    r.language,
    r.relevant,
    coalesce(verdicts.duplicate_of, r.duplicate_of) AS duplicate_of,
    r.text,
    r.revision,
    newest.first_seen_at,
    greatest(newest.last_read_at, visits.last_answer_at) AS last_seen_at,
    list_min(list_filter(visits.gone, lambda moment: moment > greatest(newest.last_read_at, visits.last_answer_at))) AS gone_at,
    coalesce(verdicts.duplicate_kind, r.duplicate_kind) AS duplicate_kind,
    r.partial,
    r.paywalled,
    r.correction,
    r.entry_url,
    r.origin,
    r.section,
    r.run_id
FROM article_revisions AS r
JOIN newest USING (article_id, revision)
LEFT JOIN verdicts_as_of('infinity') AS verdicts USING (article_id)
LEFT JOIN visits ON visits.canonical_url = coalesce(r.entry_url, r.url);
