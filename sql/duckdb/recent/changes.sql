-- How the columns that the last dumps list for a table differ from those listed for it before. A table
-- is new in the first dump that names it, unless that is the feed's first.
WITH near AS (
    SELECT dump_id FROM smew.dumps ORDER BY dump_id DESC LIMIT 3 * $1
), lists AS (
    SELECT dump_id, name, place, listed, lag(listed) OVER (PARTITION BY name ORDER BY dump_id) AS before
    FROM smew.tables WHERE len(listed) > 0 AND dump_id IN (FROM near)
), changes AS (
    SELECT l.dump_id, l.name, l.place, l.before IS NULL AS new,
        list_filter(l.listed, lambda c: NOT list_contains(coalesce(l.before, []), c)) AS added,
        list_filter(coalesce(l.before, []), lambda c: NOT list_contains(l.listed, c)) AS gone
    FROM lists AS l JOIN smew.held AS h USING (name)
    WHERE l.listed <> l.before OR (l.before IS NULL AND l.dump_id = h.first_dump AND l.dump_id > (SELECT min(dump_id) FROM smew.dumps))
)
SELECT dump_id, name, new, to_json(added)::VARCHAR, to_json(gone)::VARCHAR FROM changes
WHERE len(added) + len(gone) > 0 AND dump_id IN (SELECT dump_id FROM near ORDER BY dump_id DESC LIMIT $1)
ORDER BY dump_id DESC, place
