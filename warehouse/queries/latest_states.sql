-- Where some claims stand, as last recorded.
SELECT unnest(arg_max(s, s.state_no)) FROM claim_states AS s
WHERE s.claim_id IN (SELECT unnest(from_json($claims, '["VARCHAR"]')))
GROUP BY s.claim_id
