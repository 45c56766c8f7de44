-- What feeds have brought before under some of their ids.
WITH wanted AS (
    SELECT unnest(from_json($guids, '[{"feed_url": "VARCHAR", "guid": "VARCHAR"}]'), max_depth := 2)
)
SELECT DISTINCT canonical_url, feed_url, guid, title, published_at
FROM entries
SEMI JOIN wanted USING (feed_url, guid)
ORDER BY ALL
