-- How many people were there each day, how many of them for the first time; also by 'week' or 'month'.
FROM smew.active(unit := 'day')
