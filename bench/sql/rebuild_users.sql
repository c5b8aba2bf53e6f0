-- One row a person, as the specification's view has it; other columns are the newest record's.
CREATE TABLE derived.users AS
SELECT coalesce(i.canonical_id, d.user_id) AS user_id, min(joindate) AS joindate, max(last_modified) AS last_modified,
    max("identity") AS "identity", max(handle) AS handle, max(email) AS email{others}
FROM delivered.users AS d LEFT JOIN smew.identities AS i ON i.user_id = d.user_id
GROUP BY 1
