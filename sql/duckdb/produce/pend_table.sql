-- A table of the next dump.
INSERT INTO {{state}}.pending.tables (feed, table_name, columns, full_resync) VALUES ($1, $2, {{columns}}, $3)
