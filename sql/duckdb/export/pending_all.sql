-- What a run has to send that knows of nothing sent before.
CREATE OR REPLACE {{temp}} TABLE {{pending}} AS
SELECT 'added' AS kind, {{keys}}, {{hash}} AS h, {{columns}} FROM {{rows}} WHERE NOT ({{any_null}})
