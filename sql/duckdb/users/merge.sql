-- One row a person of all their records (R9): least
-- joindate, greatest last_modified, identity, handle and email; of every other column the
-- first value there is, the most recently modified record first. What cannot be read as an
-- instant ranks last; ties go to the newest delivered. Most people have one record: that is theirs
-- as it stands, and nothing of it has to be read as an instant or ranked.
INSERT INTO {{people}} (user_id, joindate, last_modified, identity, handle, email{{columns}})
WITH several AS (
    SELECT smew_user_id AS person FROM {{records}} WHERE user_id IS NOT NULL
    GROUP BY person HAVING count(*) > 1
), ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY smew_user_id ORDER BY smew.instant(joindate) ASC NULLS LAST,
            smew_dump_id DESC, smew_part DESC, smew_row DESC) AS joined,
        row_number() OVER (PARTITION BY smew_user_id ORDER BY smew.instant(last_modified) DESC NULLS LAST,
            smew_dump_id DESC, smew_part DESC, smew_row DESC) AS modified
    FROM {{records}} SEMI JOIN several ON person = smew_user_id
    WHERE user_id IS NOT NULL
)
SELECT smew_user_id, arg_min_null(joindate, joined), arg_min_null(last_modified, modified),
    max(identity), max(handle), max(email){{values}}
FROM ranked GROUP BY smew_user_id
UNION ALL
SELECT smew_user_id, joindate, last_modified, identity, handle, email{{columns}}
FROM {{records}} ANTI JOIN several ON person = smew_user_id
WHERE user_id IS NOT NULL
