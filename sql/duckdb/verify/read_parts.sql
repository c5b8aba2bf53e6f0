-- Parts as they lie in the bucket: each row's place, its key, and a hash of its content.
CREATE OR REPLACE TEMP TABLE bucket_rows AS
SELECT p.smew_part AS part, p.smew_row AS "row", p.{{first}} AS id, p.{{second}} AS user_id, hash({{columns}}) AS content FROM smew_parts() AS p
