-- Second round of deduplication (R7): among rows of one resolved key all but the newest are hidden, not
-- removed, as a mapping may be taken back. A row is hidden if one of any batch hides it. Rows of this
-- dump were written with their mark.
UPDATE smew.{{relation}} AS h SET smew_hidden = m.hidden
FROM (
    SELECT place, bool_or(hidden) AS hidden FROM weighed GROUP BY place HAVING bool_or(hidden) <> any_value(was_hidden)
) AS m
WHERE h.rowid = m.place
