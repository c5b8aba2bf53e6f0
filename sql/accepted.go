package sql

import _ "embed"

//go:embed duckdb/accepted/all.sql
var AcceptedAll string

//go:embed duckdb/accepted/create.sql
var AcceptedCreate string

//go:embed duckdb/accepted/forget.sql
var AcceptedForget string

//go:embed duckdb/accepted/keep.sql
var AcceptedKeep string
