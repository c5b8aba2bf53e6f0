package sql

import _ "embed"

//go:embed duckdb/rebuild/foreign.sql
var RebuildForeign string
