-- The rows of parts with one schema. Parts are read unsplit, so the ids rise within a part as its rows do (R7).
SELECT {{values}}, CAST(p.part AS INT), r.smew_row
FROM (SELECT *, regexp_replace(input_file_name(), '^file:/+', 'file:///') AS smew_path, monotonically_increasing_id() AS smew_row FROM {{view}}) AS r
JOIN (VALUES {{places}}) AS p (path, part) ON p.path = r.smew_path
