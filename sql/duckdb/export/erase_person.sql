-- A person's ids and names, as texts.
CREATE OR REPLACE TEMP TABLE export_erased AS SELECT DISTINCT unnest($1::VARCHAR[]) AS said
