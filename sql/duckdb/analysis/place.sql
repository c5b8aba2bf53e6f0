-- The place of a session in the order of its time and its id, as one number: DuckDB compares them in a third of the time.
epoch_us("time") * 18446744073709551616 + coalesce(session_id, 9223372036854775808)
