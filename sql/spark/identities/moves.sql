-- How many moved, and how many of them elsewhere than whom they stood for: where there are none of those, people were only
-- joined, and what is known of them as they were is enough to say what they are.
SELECT count(*), count_if(m.new_id <> coalesce(g.new_id, m.old_id))
FROM {{moved}} AS m LEFT JOIN {{moved}} AS g ON g.user_id = m.old_id
