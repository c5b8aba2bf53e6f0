-- Who holds the lock, and whether it is theirs still.
SELECT holder, who, until, unix_seconds(current_timestamp()) FROM {{lock}}
