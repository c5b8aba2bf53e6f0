-- Mappings as delivered wait in memory until all of them are there: which ids have become an erased
-- person's shows only then, and what names one is not to be written.
CREATE OR REPLACE TEMP TABLE {{relation}} AS FROM smew.{{relation}} LIMIT 0
