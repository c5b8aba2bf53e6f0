-- Where nothing was sent before, all rows are new.
CREATE OR REPLACE TEMP TABLE export_moved AS SELECT *, NULL::BIGINT AS place, 'added' AS kind FROM export_result
