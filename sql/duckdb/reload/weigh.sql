-- A dump's bytes are those of its parts that were read.
UPDATE smew.dumps AS d SET bytes = coalesce((SELECT sum(p.size) FROM smew.parts AS p WHERE p.dump_id = d.dump_id), 0)
