-- Whether anybody was erased.
SELECT count(*) FROM smew.erased
