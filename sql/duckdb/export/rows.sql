-- A result that is cut into batches, with the order that it has.
CREATE OR REPLACE TEMP TABLE export_rows AS SELECT * FROM ({{query}}
)
