-- What the table shows without a tag.
CALL {{catalog}}.system.set_current_snapshot(table => {{name}}, ref => {{tag}})
