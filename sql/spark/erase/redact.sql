-- A reason without what it quoted.
UPDATE {{quarantine}} SET reason = {{after}} WHERE reason = {{before}}
