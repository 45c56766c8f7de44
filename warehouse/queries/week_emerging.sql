-- The emerging topics as a week ended that came up in it or grew by an article first seen in it, with their latest
-- articles.
WITH topics AS (
    SELECT *
    FROM emerging_topics_as_of($stop::TIMESTAMPTZ - INTERVAL 1 MICROSECOND)
    WHERE last_seen_at >= $start
       OR emerging_id NOT IN (SELECT emerging_id FROM emerging_states WHERE as_of < $start)
),
members AS (
    SELECT emerging_id, unnest(article_ids) AS article_id FROM topics
),
articles AS (
    SELECT article_id, arg_max({'title': title, 'url': url, 'publisher': publisher}, revision) AS source,
           min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM members) AND seen_at < $stop
    GROUP BY article_id
)
SELECT
    emerging_id, topics.name, topics.terms, topics.articles, topics.publishers, topics.first_seen_at,
    count(*) FILTER (WHERE articles.first_seen_at >= $start) AS new_articles,
    list(source ORDER BY articles.first_seen_at DESC, article_id) AS sources
FROM topics
JOIN members USING (emerging_id)
JOIN articles USING (article_id)
GROUP BY ALL
ORDER BY new_articles DESC, topics.articles DESC, emerging_id
