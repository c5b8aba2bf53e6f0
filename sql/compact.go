package sql

import _ "embed"

//go:embed duckdb/compact/attach.sql
var CompactAttach string

//go:embed duckdb/compact/checkpoint.sql
var CompactCheckpoint string

//go:embed duckdb/compact/columns.sql
var CompactColumns string

//go:embed duckdb/compact/define.sql
var CompactDefine string

//go:embed duckdb/compact/definitions.sql
var CompactDefinitions string

//go:embed duckdb/compact/detach.sql
var CompactDetach string

//go:embed duckdb/compact/fill.sql
var CompactFill string

//go:embed duckdb/compact/keep_order.sql
var CompactKeepOrder string

//go:embed duckdb/compact/origin.sql
var CompactOrigin string

//go:embed duckdb/compact/reopen.sql
var CompactReopen string

//go:embed duckdb/compact/sum.sql
var CompactSum string

//go:embed duckdb/compact/tables.sql
var CompactTables string
