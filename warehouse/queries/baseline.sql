-- The baseline as last loaded, in its order.
SELECT * FROM baseline_claims
WHERE edition = (SELECT max(edition) FROM baseline_claims)
ORDER BY position
