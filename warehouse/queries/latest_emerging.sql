-- What some emerging topics are, as last recorded.
SELECT unnest(arg_max(s, s.state_no)) FROM emerging_states AS s
WHERE s.emerging_id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))
GROUP BY s.emerging_id
