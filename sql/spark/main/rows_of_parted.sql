-- All rows of people that are parted from others: what gave way to another's row may come back. The dump's own are taken
-- anyway, and of those without a key nothing would say that they are the same.
SELECT {{columns}}, user_id AS smew_delivered_id, smew_dump_id, smew_part, smew_row FROM (
    SELECT r.*, coalesce(i.canonical_id, r.user_id) AS smew_now FROM {{raw}} AS r LEFT JOIN {{identities}} AS i ON i.user_id = r.user_id
    WHERE r.smew_dump_id >= {{since}} AND r.smew_dump_id <> {{dump}}
) LEFT SEMI JOIN touched ON smew_who = smew_now
