-- Everything derived of a table of rows with ids, made anew: who the rows are of, and which of
-- those that are then the same row stays.
CREATE TABLE derived."{table}" AS
SELECT d.* EXCLUDE (user_id, smew_dump_id, smew_part, smew_row, smew_user_id, smew_hidden),
    coalesce(i.canonical_id, d.user_id) AS user_id
FROM delivered."{table}" AS d LEFT JOIN smew.identities AS i ON i.user_id = d.user_id
QUALIFY row_number() OVER (
    PARTITION BY {id}, coalesce(i.canonical_id, d.user_id)
    ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) = 1
