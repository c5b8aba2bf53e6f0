-- They can be told from no other row, so they are not sent.
DELETE FROM export_result WHERE {{any_null}}
