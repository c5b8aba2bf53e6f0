package sql

import _ "embed"

//go:embed duckdb/delivered/add_column.sql
var DeliveredAddColumn string

//go:embed duckdb/delivered/count.sql
var DeliveredCount string

//go:embed duckdb/delivered/create_events.sql
var DeliveredCreateEvents string

//go:embed duckdb/delivered/create_migrations.sql
var DeliveredCreateMigrations string

//go:embed duckdb/delivered/create_people.sql
var DeliveredCreatePeople string

//go:embed duckdb/delivered/create_users.sql
var DeliveredCreateUsers string

//go:embed duckdb/delivered/drop.sql
var DeliveredDrop string

//go:embed duckdb/delivered/insert.sql
var DeliveredInsert string

//go:embed duckdb/delivered/insert_migrations.sql
var DeliveredInsertMigrations string

//go:embed duckdb/delivered/insert_plain.sql
var DeliveredInsertPlain string

//go:embed duckdb/delivered/instant.sql
var DeliveredInstant string

//go:embed duckdb/delivered/invalidate.sql
var DeliveredInvalidate string

//go:embed duckdb/delivered/later_rows.sql
var DeliveredLaterRows string
