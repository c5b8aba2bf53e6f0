-- Stored rows that lose are removed once all of the table's parts are in: DuckDB adds no column
-- to a table in whose rows the transaction has removed or changed something.
INSERT INTO beaten SELECT place, dump FROM rivals WHERE place IS NOT NULL AND age > 1
