-- Writes the lists of files anew: of a file that is gone they keep the least and greatest values.
CALL {{catalog}}.system.rewrite_manifests(table => {{name}})
