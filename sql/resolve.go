package sql

import _ "embed"

//go:embed duckdb/resolve/afresh.sql
var ResolveAfresh string

//go:embed duckdb/resolve/apply.sql
var ResolveApply string

//go:embed duckdb/resolve/changed.sql
var ResolveChanged string

//go:embed duckdb/resolve/differing.sql
var ResolveDiffering string

//go:embed duckdb/resolve/double.sql
var ResolveDouble string

//go:embed duckdb/resolve/first_step.sql
var ResolveFirstStep string

//go:embed duckdb/resolve/forget.sql
var ResolveForget string

//go:embed duckdb/resolve/keep.sql
var ResolveKeep string

//go:embed duckdb/resolve/kept.sql
var ResolveKept string

//go:embed duckdb/resolve/mapping.sql
var ResolveMapping string

//go:embed duckdb/resolve/moved.sql
var ResolveMoved string

//go:embed duckdb/resolve/repeated.sql
var ResolveRepeated string

//go:embed duckdb/resolve/rewritten.sql
var ResolveRewritten string

//go:embed duckdb/resolve/rings.sql
var ResolveRings string

//go:embed duckdb/resolve/rows.sql
var ResolveRows string

//go:embed duckdb/resolve/settle.sql
var ResolveSettle string

//go:embed duckdb/resolve/settled.sql
var ResolveSettled string

//go:embed duckdb/resolve/start.sql
var ResolveStart string

//go:embed duckdb/resolve/unchanged.sql
var ResolveUnchanged string
