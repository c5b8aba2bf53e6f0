-- The place of a session in the order of its time and its id, as one number: DuckDB compares them in a third of the time.
CAST(epoch_us("time") AS HUGEINT) * 18446744073709551616 + coalesce(CAST(session_id AS HUGEINT), 9223372036854775808)
