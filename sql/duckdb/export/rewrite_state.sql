-- A state in its new shape.
CREATE OR REPLACE TABLE {{table}} AS SELECT {{columns}} FROM {{state}}
