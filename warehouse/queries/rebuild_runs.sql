-- All runs, in the order in which they were recorded.
SELECT * FROM before.main.runs ORDER BY rowid
