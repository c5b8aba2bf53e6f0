-- When the last run of each sync began; of one that is repeated, when the attempt before ended.
SELECT sync_id, max(greatest(began_at, coalesce(ended_at, began_at))) FROM smew.export_runs GROUP BY ALL
