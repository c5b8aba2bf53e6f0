-- The instant of a row: what the scan has not read of "time", the macro may.
coalesce(p.smew_time, smew.instant(p."time"))
