-- Stored articles by their addresses, as candidates for what a page declares as its original.
SELECT article_id, url, publisher, title, text, published_at, first_seen_at, duplicate_of
FROM articles
WHERE url IN (SELECT unnest($urls))
ORDER BY article_id
