-- How many values of a column do not fit its type, and one of them.
SELECT count(*), min({{column}}) FROM ({{rows}}) WHERE {{column}} IS NOT NULL AND {{typed}} IS NULL
