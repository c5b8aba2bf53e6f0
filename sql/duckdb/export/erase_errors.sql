-- Errors can quote values.
UPDATE smew.export_runs AS r SET error = '(erased)' WHERE EXISTS (FROM export_erased WHERE length(said) > 3 AND contains(r.error, said))
