-- The next of a table's running numbers; the writer fills in the names.
SELECT coalesce(max({column}), 0) + 1 AS number FROM {table}
