-- The state after a run that knew of nothing sent before.
CREATE OR REPLACE TABLE {{table}} AS SELECT {{columns}} FROM {{pending}} WHERE kind = 'added'
