package sql

import _ "embed"

//go:embed duckdb/rebuild/foreign.sql
var RebuildForeign string

//go:embed duckdb/rebuild/carry_reports.sql
var RebuildCarryReports string
