-- Rows of dumps that are not loaded, which an attempt left.
DELETE FROM {{raw}} WHERE smew_dump_id IN ({{dumps}})
