-- Writes every file anew of whose rows some are deleted beside it: it still holds them.
CALL {{catalog}}.system.rewrite_data_files(table => {{name}}, options => map('delete-file-threshold', '1'))
