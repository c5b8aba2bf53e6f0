package sql

import _ "embed"

//go:embed duckdb/views/misfits.sql
var ViewsMisfits string

//go:embed duckdb/views/typed.sql
var ViewsTyped string

//go:embed duckdb/views/types.sql
var ViewsTypes string

//go:embed duckdb/views/create.sql
var ViewsCreate string

//go:embed duckdb/views/defined.sql
var ViewsDefined string

//go:embed duckdb/views/definitions.sql
var ViewsDefinitions string

//go:embed duckdb/views/drop.sql
var ViewsDrop string

//go:embed duckdb/views/events_of.sql
var ViewsEventsOf string

//go:embed duckdb/views/forget.sql
var ViewsForget string

//go:embed duckdb/views/keep.sql
var ViewsKeep string

//go:embed duckdb/views/known.sql
var ViewsKnown string

//go:embed duckdb/views/no_events.sql
var ViewsNoEvents string

//go:embed duckdb/views/rows.sql
var ViewsRows string

//go:embed duckdb/views/there.sql
var ViewsThere string

//go:embed duckdb/views/visible.sql
var ViewsVisible string
