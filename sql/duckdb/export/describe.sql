-- The names and types of a query's columns.
DESCRIBE FROM ({{query}}
)
