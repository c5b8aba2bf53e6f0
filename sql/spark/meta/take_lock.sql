-- Takes the lock, whoever has it.
UPDATE {{lock}} SET holder = {{holder}}, who = {{who}}, until = unix_seconds(current_timestamp()) + {{seconds}}
