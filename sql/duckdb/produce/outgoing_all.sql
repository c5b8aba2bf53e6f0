-- All rows of a table, as they are written. A temporary table has row ids by which parts are cut.
CREATE OR REPLACE TEMP TABLE "smew outgoing" AS
SELECT {{columns}} FROM {{source}} AS source
