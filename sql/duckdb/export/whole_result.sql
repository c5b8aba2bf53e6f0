-- A model that does not give the same rows twice is kept as it came out once.
CREATE OR REPLACE TEMP TABLE export_model AS FROM {{rows}}
