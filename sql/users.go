package sql

import _ "embed"

//go:embed duckdb/users/forget.sql
var UsersForget string

//go:embed duckdb/users/forget_all.sql
var UsersForgetAll string

//go:embed duckdb/users/keep_nobody.sql
var UsersKeepNobody string

//go:embed duckdb/users/merge.sql
var UsersMerge string

//go:embed duckdb/users/most.sql
var UsersMost string

//go:embed duckdb/users/touched.sql
var UsersTouched string

//go:embed duckdb/users/touched_records.sql
var UsersTouchedRecords string
