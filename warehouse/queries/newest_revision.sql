-- An article at its newest revision, by its own address or the one a feed gave; where an address has stood for several,
-- the one seen last.
SELECT r.* REPLACE (
    coalesce(verdicts.duplicate_of, r.duplicate_of) AS duplicate_of,
    coalesce(verdicts.duplicate_kind, r.duplicate_kind) AS duplicate_kind
)
FROM article_revisions AS r
LEFT JOIN verdicts_as_of('infinity') AS verdicts USING (article_id)
WHERE url = $url OR entry_url = $url
ORDER BY seen_at DESC, revision DESC
LIMIT 1
