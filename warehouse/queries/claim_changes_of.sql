-- Everything that ever became new or different of some claims, in order.
SELECT claim_id, change_id, kind, week, changed_at, observation_id, previous_observation_id
FROM claim_changes
WHERE claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]')))
ORDER BY claim_id, changed_at, change_id
