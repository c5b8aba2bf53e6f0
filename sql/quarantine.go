package sql

import _ "embed"

//go:embed duckdb/quarantine/create.sql
var QuarantineCreate string

//go:embed duckdb/quarantine/invalidate.sql
var QuarantineInvalidate string

//go:embed duckdb/quarantine/keep.sql
var QuarantineKeep string
