-- Removes the files of snapshots that have no name and are old.
CALL {{catalog}}.system.expire_snapshots(table => {{name}}, older_than => TIMESTAMP {{before}}, retain_last => 1)
