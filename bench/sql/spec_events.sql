-- The specification's view of an event table (Identity resolution, Deduplication).
CREATE VIEW main."{table}" AS
SELECT e.* EXCLUDE (user_id), coalesce(m.to_user_id, e.user_id) AS user_id
FROM raw."{table}" AS e LEFT JOIN raw.user_migrations AS m ON m.from_user_id = e.user_id
QUALIFY row_number() OVER (PARTITION BY {id}, coalesce(m.to_user_id, e.user_id) ORDER BY e.rowid DESC) = 1
