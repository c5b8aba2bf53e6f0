-- What a run has to send: rows as they are now, and of removed ones what was sent last.
CREATE OR REPLACE {{temp}} TABLE {{pending}} AS
SELECT m.kind, {{now}} FROM export_moved AS m JOIN export_result AS r ON r.rowid = m.now
UNION ALL BY NAME
SELECT m.kind, {{before}} FROM export_moved AS m JOIN {{state}} AS s ON s.place = m.before WHERE m.kind = 'removed'
