-- The weeks in which the runs after the first $seen ones changed something.
SELECT DISTINCT week FROM claim_changes
WHERE run_id IN (SELECT run_id FROM runs WHERE rowid >= $seen)
ORDER BY week
