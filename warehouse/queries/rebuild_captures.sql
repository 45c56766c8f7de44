-- What a run kept in the archive: pages that it fetched, in the order of its requests, an article's further pages behind
-- its first; then files that it imported, which no request tells of, with what their article was recorded with.
WITH fetched AS (
    SELECT fetch_no, url, final_url, canonical_url, requested_at, reason, raw_path, feed_url
    FROM before.main.fetches
    WHERE run_id = $run AND raw_path IS NOT NULL
),
promised AS (
    SELECT canonical_url, feed_url, publisher, title, published_at, first_seen_at
    FROM before.main.entries
    WHERE canonical_url IN (SELECT canonical_url FROM fetched)
),
first AS (
    SELECT canonical_url, unnest(arg_min(
        {'publisher': publisher, 'title': title, 'published_at': published_at}, (first_seen_at, feed_url)
    ))
    FROM promised
    GROUP BY canonical_url
)
SELECT
    f.fetch_no, f.url, f.final_url, f.canonical_url, f.requested_at, f.reason, f.raw_path, f.feed_url,
    coalesce(promised.publisher, first.publisher) AS publisher,
    coalesce(promised.title, first.title) AS title,
    coalesce(promised.published_at, first.published_at) AS published_at
FROM fetched AS f
LEFT JOIN promised ON promised.canonical_url = f.canonical_url AND promised.feed_url = f.feed_url
LEFT JOIN first ON first.canonical_url = f.canonical_url
UNION ALL
SELECT
    NULL, r.entry_url, r.entry_url, r.entry_url, r.seen_at, 'import', r.raw_path, r.feed_url, r.publisher, '', r.published_at
FROM before.main.article_revisions AS r
WHERE r.run_id = $run AND r.entry_url IS NOT NULL
  AND r.raw_path NOT IN (SELECT raw_path FROM before.main.fetches WHERE raw_path IS NOT NULL AND run_id = $run)
ORDER BY fetch_no NULLS LAST, raw_path
