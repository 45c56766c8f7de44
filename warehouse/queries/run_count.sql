-- How many runs the warehouse has seen.
SELECT count(*) AS runs FROM runs
