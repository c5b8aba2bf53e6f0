-- Everybody's row anew, and those without an id as they were delivered.
SELECT smew_person, {{columns}} FROM ({{merged}})
UNION ALL
SELECT NULL, {{columns}} FROM {{raw}} WHERE smew_dump_id >= {{since}} AND user_id IS NULL
