package sql

import _ "embed"

//go:embed duckdb/ready/active_people.sql
var ReadyActivePeople string

//go:embed duckdb/ready/active_users.sql
var ReadyActiveUsers string

//go:embed duckdb/ready/attribution.sql
var ReadyAttribution string

//go:embed duckdb/ready/conversion.sql
var ReadyConversion string

//go:embed duckdb/ready/events_by_day.sql
var ReadyEventsByDay string

//go:embed duckdb/ready/events_by_table.sql
var ReadyEventsByTable string

//go:embed duckdb/ready/failures.sql
var ReadyFailures string

//go:embed duckdb/ready/funnel.sql
var ReadyFunnel string

//go:embed duckdb/ready/loads.sql
var ReadyLoads string

//go:embed duckdb/ready/merged_people.sql
var ReadyMergedPeople string

//go:embed duckdb/ready/paths.sql
var ReadyPaths string

//go:embed duckdb/ready/retention.sql
var ReadyRetention string

//go:embed duckdb/ready/sessions_by_pauses.sql
var ReadySessionsByPauses string
