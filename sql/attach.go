package sql

import _ "embed"

//go:embed duckdb/attach/attach.sql
var Attach string

//go:embed duckdb/attach/read_only.sql
var AttachReadOnly string

//go:embed duckdb/attach/use.sql
var AttachUse string
