-- The rows of contested keys, each with its age among those of its delivered key and among the newest of those
-- that share its resolved key (R7).
CREATE OR REPLACE TEMP TABLE ages AS
WITH delivered AS (
    SELECT h.{{id}} AS id, h.user_id, smew_user_id, smew_dump_id, smew_part, smew_row, smew_hidden,
        row_number() OVER (PARTITION BY h.{{id}}, h.user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS age
    FROM smew.{{relation}} AS h SEMI JOIN contested_keys ON contested_keys.id = h.{{id}} WHERE h.user_id IS NOT NULL
)
SELECT *, age = 1 AND row_number() OVER (PARTITION BY id, smew_user_id, age = 1 ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) > 1 AS give_way
FROM delivered
