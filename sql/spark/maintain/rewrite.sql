-- Puts small files together.
CALL {{catalog}}.system.rewrite_data_files(table => {{name}})
