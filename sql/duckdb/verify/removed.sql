-- Rows that were set aside or removed on purpose.
SELECT dump_id, name, own_quarantined, own_erased FROM smew.tables WHERE own_quarantined + own_erased > 0
