-- Every state in which the articles at some addresses were ever seen.
SELECT DISTINCT entry_url, content_hash
FROM article_revisions
WHERE entry_url IN (SELECT unnest(from_json($urls, '["VARCHAR"]')))
ORDER BY ALL
