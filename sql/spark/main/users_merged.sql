-- One row a person (R9). First the newest record per delivered id; then of all records of a person the least joindate, the greatest
-- last_modified, identity, handle and email, and of every other column the first value there is, the most recently modified
-- record first. What cannot be read as an instant ranks last; ties go to the newest delivered. Rows without an id are nobody's.
WITH records AS (
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS smew_age FROM (
            SELECT r.*, coalesce(i.canonical_id, r.user_id) AS smew_person FROM {{raw}} AS r LEFT JOIN {{identities}} AS i ON i.user_id = r.user_id
            WHERE r.smew_dump_id >= {{since}} AND r.user_id IS NOT NULL
        ) {{among}}
    ) WHERE smew_age = 1
), ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY smew_person ORDER BY {{joined}} ASC NULLS LAST,
            smew_dump_id DESC, smew_part DESC, smew_row DESC) AS smew_joined,
        row_number() OVER (PARTITION BY smew_person ORDER BY {{modified}} DESC NULLS LAST,
            smew_dump_id DESC, smew_part DESC, smew_row DESC) AS smew_modified
    FROM records
)
SELECT smew_person, max(joindate) FILTER (WHERE smew_joined = 1) AS joindate, max(last_modified) FILTER (WHERE smew_modified = 1) AS last_modified,
    max(identity) AS identity, max(handle) AS handle, max(email) AS email{{values}}
FROM ranked GROUP BY smew_person
