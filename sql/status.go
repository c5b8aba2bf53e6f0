package sql

import _ "embed"

//go:embed duckdb/status/catalog.sql
var StatusCatalog string

//go:embed duckdb/status/dumps.sql
var StatusDumps string

//go:embed duckdb/status/failures.sql
var StatusFailures string

//go:embed duckdb/status/history.sql
var StatusHistory string

//go:embed duckdb/status/history_tables.sql
var StatusHistoryTables string

//go:embed duckdb/status/identities.sql
var StatusIdentities string

//go:embed duckdb/status/quarantined.sql
var StatusQuarantined string

//go:embed duckdb/status/report.sql
var StatusReport string

//go:embed duckdb/status/rows.sql
var StatusRows string

//go:embed duckdb/status/rows_all.sql
var StatusRowsAll string

//go:embed duckdb/status/table.sql
var StatusTable string

//go:embed duckdb/status/tries.sql
var StatusTries string

//go:embed duckdb/status/version.sql
var StatusVersion string
