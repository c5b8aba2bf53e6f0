-- How many of those who came first in a week were there again in the weeks after; also by 'day' or 'month'.
FROM smew.retention(unit := 'week', periods := 8)
