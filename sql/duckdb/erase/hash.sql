-- HMAC-SHA256 of ids as decimal text. The parameters are the database's salt as the outer and the inner key.
CREATE OR REPLACE TEMP TABLE hashed_ids AS
SELECT user_id, sha256($1::BLOB || unhex(sha256($2::BLOB || encode(user_id::VARCHAR)))) AS hash
FROM (SELECT DISTINCT user_id FROM {{ids}} WHERE user_id IS NOT NULL)
