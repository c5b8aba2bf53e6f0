-- How many rows moved, how many of them are to be sent, and whether these are the same.
SELECT (SELECT count(*) FROM export_moved), (SELECT count(*) FROM {{pending}}),
    (SELECT bit_xor(h) FROM export_moved WHERE kind <> 'removed') IS NOT DISTINCT FROM (SELECT bit_xor(h) FROM {{pending}} WHERE kind <> 'removed')
