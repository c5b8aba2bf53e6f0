-- Counts them with those that are stored.
INSERT INTO gone SELECT table_name, dump_id, part, count(*), true FROM erased_quarantined GROUP BY ALL
