-- Rows that a full resync made invalid and that are still there (R5).
SELECT dump_id, part, held FROM held_parts WHERE dump_id < $1 ORDER BY ALL
