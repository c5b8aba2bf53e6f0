-- The rows that a dump brings.
SELECT {{columns}}, user_id AS smew_delivered_id, smew_dump_id, smew_part, smew_row FROM {{raw}} WHERE smew_dump_id = {{dump}}
