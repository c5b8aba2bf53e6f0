-- A tag that nobody reads any more; what only it kept can then expire.
ALTER TABLE {{table}} DROP TAG IF EXISTS {{tag}}
