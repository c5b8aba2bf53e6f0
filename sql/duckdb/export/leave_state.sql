-- Takes rows that changed or are removed out of the state.
DELETE FROM {{table}} AS s USING {{pending}} AS p WHERE p.kind <> 'added' AND {{same_key}}
