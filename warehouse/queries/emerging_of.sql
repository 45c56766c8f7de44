-- The emerging topics that some articles belong to, as last recorded.
WITH states AS (
    SELECT unnest(arg_max(s, s.state_no)) FROM emerging_states AS s GROUP BY s.emerging_id
)
SELECT emerging_id, name, terms, article_ids
FROM states
WHERE list_has_any(article_ids, from_json($articles, '["VARCHAR"]'))
ORDER BY emerging_id
