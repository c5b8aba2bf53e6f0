package sql

import _ "embed"

//go:embed duckdb/recent/changes.sql
var RecentChanges string

//go:embed duckdb/recent/definitions.sql
var RecentDefinitions string

//go:embed duckdb/recent/failing.sql
var RecentFailing string

//go:embed duckdb/recent/quarantined.sql
var RecentQuarantined string

//go:embed duckdb/recent/rows.sql
var RecentRows string
