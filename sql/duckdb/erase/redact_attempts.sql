-- A message without what it quoted.
UPDATE smew.attempts SET error = $2 WHERE error = $1
