-- Puts rows that are new or changed into the state.
INSERT INTO {{table}} SELECT {{columns}} FROM {{pending}} WHERE kind <> 'removed'
