package sql

import _ "embed"

//go:embed duckdb/check/any_unequal.sql
var CheckAnyUnequal string

//go:embed duckdb/check/count.sql
var CheckCount string

//go:embed duckdb/check/differences.sql
var CheckDifferences string

//go:embed duckdb/check/differing.sql
var CheckDiffering string

//go:embed duckdb/check/extra_rows.sql
var CheckExtraRows string

//go:embed duckdb/check/missing_rows.sql
var CheckMissingRows string

//go:embed duckdb/check/no_pairs.sql
var CheckNoPairs string

//go:embed duckdb/check/pair.sql
var CheckPair string

//go:embed duckdb/check/pairs.sql
var CheckPairs string

//go:embed duckdb/check/tables.sql
var CheckTables string

//go:embed duckdb/check/totals.sql
var CheckTotals string

//go:embed duckdb/check/unequal.sql
var CheckUnequal string

//go:embed duckdb/check/create.sql
var CheckCreate string

//go:embed duckdb/check/copy.sql
var CheckCopy string
