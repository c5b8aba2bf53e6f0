-- The keys of a model's rows, as k1 …, and hashes of what the files have of them.
CREATE OR REPLACE TEMP TABLE export_result AS SELECT {{keys}}, {{hash}} AS h FROM {{rows}}
