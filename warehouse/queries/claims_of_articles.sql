-- The claims that some articles have ever stated.
SELECT DISTINCT claim_id FROM claim_observations WHERE article_id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))
