-- When people did what makes them one of a cohort.
(SELECT e.user_id, date_trunc({{unit}}, e."time") AS period FROM {{events}} WHERE {{where}})
