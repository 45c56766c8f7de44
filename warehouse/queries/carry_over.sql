-- Takes over a table of the warehouse that is attached as `before`, row by row in its order.
INSERT INTO "{table}" BY NAME SELECT * FROM before.main."{table}" ORDER BY rowid
