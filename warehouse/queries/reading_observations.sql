-- Everything that was ever said about some claims.
SELECT * FROM claim_observations
WHERE claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]')))
ORDER BY article_id, revision, char_start, observation_id
