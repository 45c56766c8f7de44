-- When the digests of some weeks were first sent: what came later belongs to the week behind.
SELECT week, min(sent_at) AS sent_at
FROM deliveries
WHERE status = 'sent' AND week IN ($week, $before)
GROUP BY week
