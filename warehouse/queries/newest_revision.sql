-- An article at its newest revision, by its own address or the one a feed gave.
SELECT * FROM article_revisions
WHERE url = $url OR entry_url = $url
ORDER BY revision DESC
LIMIT 1
