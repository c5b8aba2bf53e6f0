-- First round of deduplication (R7): among rows of one delivered key the newest stays.
-- Only keys that the dump touches can have become double. A NULL in a key joins nothing.
DELETE FROM smew.{{relation}} WHERE rowid IN (
    WITH repeated AS (
        SELECT {{key}} FROM smew.{{relation}}
        SEMI JOIN (SELECT {{key}} FROM smew.{{relation}} WHERE smew_dump_id = $1) AS delta USING ({{key}})
        GROUP BY {{key}} HAVING count(*) > 1
    )
    SELECT place FROM (
        SELECT h.rowid AS place, row_number() OVER (
            PARTITION BY {{key}} ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS age
        FROM smew.{{relation}} AS h SEMI JOIN repeated USING ({{key}})
    ) WHERE age > 1
)
