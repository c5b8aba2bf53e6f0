-- The tag that readers of a commit take.
ALTER TABLE {{table}} CREATE OR REPLACE TAG {{tag}} AS OF VERSION {{snapshot}}
