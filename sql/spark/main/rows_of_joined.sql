-- The rows of people that are joined with others: what is in main of them is the newest of each of their keys.
SELECT {{columns}}, smew_delivered_id, smew_dump_id, smew_part, smew_row FROM {{main}} LEFT SEMI JOIN touched ON smew_who = user_id
