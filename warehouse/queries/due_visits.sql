-- Known relevant articles whose page is due for another, conditional, visit; the youngest first.
WITH visits AS (
    SELECT
        canonical_url,
        arg_max({'etag': etag, 'last_modified': last_modified}, fetch_no)
            FILTER (WHERE status = 200) AS validators,
        arg_max({'url': url, 'next_fetch_at': next_fetch_at}, fetch_no) AS latest,
        count(*) FILTER (WHERE error IS NOT NULL OR status >= 400) AS failures
    FROM fetches
    WHERE reason IN ('entry', 'visit', 'retry')
    GROUP BY canonical_url
)
SELECT
    visits.latest.url AS url,
    articles.entry_url AS canonical_url,
    coalesce(articles.feed_url, '') AS feed_url,
    articles.publisher,
    'visit' AS reason,
    articles.article_id,
    visits.validators.etag AS etag,
    visits.validators.last_modified AS last_modified,
    articles.first_seen_at,
    visits.failures::INTEGER AS failures,
    articles.title,
    articles.published_at
FROM articles
JOIN visits ON visits.canonical_url = articles.entry_url
WHERE articles.relevant AND visits.latest.next_fetch_at <= $now
ORDER BY articles.published_at DESC NULLS LAST, articles.url
LIMIT $most
