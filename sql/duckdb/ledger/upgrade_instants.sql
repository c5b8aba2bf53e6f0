-- From version 3 to 4: the instants of the rows that are there.
UPDATE smew.{{relation}} SET smew_time = smew.instant("time") WHERE "time" IS NOT NULL
