-- What a run has to send: the model's rows once more, as far as they moved, and of removed ones what was sent last. The
-- hash is compared behind the join, so that it is computed of few rows.
CREATE OR REPLACE {{temp}} TABLE {{pending}} AS
SELECT m.kind, {{now}} FROM {{rows}} AS r JOIN export_moved AS m ON {{same_key}}
WHERE m.kind <> 'removed' AND xor({{hash}}, m.h) = 0
UNION ALL BY NAME
SELECT m.kind, {{before}} FROM export_moved AS m JOIN {{state}} AS s ON s.place = m.place WHERE m.kind = 'removed'
