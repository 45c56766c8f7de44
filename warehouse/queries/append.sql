-- Appends the rows of a file of JSON lines to a table; the writer fills in the table's name, its columns and, for a table
-- with a key, the join that leaves out what is there already.
INSERT INTO {table} BY NAME
SELECT fresh.*
FROM read_json($place, format = 'newline_delimited', columns = {columns}, maximum_object_size = {longest}) AS fresh
{unseen}
