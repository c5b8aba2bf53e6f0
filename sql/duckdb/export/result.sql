-- A model's rows: keys as k1 …, the files' columns as c1 …, and a hash of these.
CREATE OR REPLACE TEMP TABLE export_result AS SELECT *, {{hash}} AS h FROM ({{rows}})
