-- Takes the lock if it is free or has expired, or keeps it.
UPDATE {{lock}} SET holder = {{holder}}, who = {{who}}, until = unix_seconds(current_timestamp()) + {{seconds}}
WHERE until <= unix_seconds(current_timestamp()) OR holder = {{holder}}
