-- What feeds have brought before under some addresses, an entry for each feed and title.
SELECT DISTINCT canonical_url, feed_url, guid, title, published_at
FROM entries
WHERE canonical_url IN (SELECT unnest(from_json($urls, '["VARCHAR"]')))
ORDER BY ALL
