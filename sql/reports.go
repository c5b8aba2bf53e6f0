package sql

import _ "embed"

//go:embed duckdb/reports/all.sql
var ReportsAll string

//go:embed duckdb/reports/manifests.sql
var ReportsManifests string
