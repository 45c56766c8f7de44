-- Claims that became new or different, by week and by attribute.
SELECT c.week, o.attribute AS name, count(DISTINCT c.claim_id) AS count
FROM claim_changes AS c
JOIN claim_observations AS o USING (observation_id)
WHERE c.kind <> 'corroborated' AND c.changed_at >= $since AND c.changed_at < $stop
GROUP BY ALL
ORDER BY ALL
