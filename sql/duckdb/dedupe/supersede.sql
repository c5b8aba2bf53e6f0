-- First round of deduplication (R7): stored rows give way to newer ones of their delivered key.
DELETE FROM smew.{{relation}} WHERE rowid IN (SELECT place FROM beaten)
