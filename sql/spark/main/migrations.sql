-- user_migrations as the highest dump that carries it delivered it (R5, R8).
SELECT {{columns}}, smew_dump_id, smew_part, smew_row FROM {{raw}} WHERE smew_dump_id = {{since}}
