-- A snapshot that changes nothing: from the next one on, lists of files that are gone are not kept.
INSERT INTO {{table}} SELECT * FROM {{table}} WHERE false
