package sql

import _ "embed"

//go:embed duckdb/ask/active.sql
var AskActive string

//go:embed duckdb/ask/attribution.sql
var AskAttribution string

//go:embed duckdb/ask/began.sql
var AskBegan string

//go:embed duckdb/ask/conversion.sql
var AskConversion string

//go:embed duckdb/ask/conversion_people.sql
var AskConversionPeople string

//go:embed duckdb/ask/funnel.sql
var AskFunnel string

//go:embed duckdb/ask/funnel_any.sql
var AskFunnelAny string

//go:embed duckdb/ask/funnel_any_step.sql
var AskFunnelAnyStep string

//go:embed duckdb/ask/funnel_first.sql
var AskFunnelFirst string

//go:embed duckdb/ask/funnel_step.sql
var AskFunnelStep string

//go:embed duckdb/ask/macro.sql
var AskMacro string

//go:embed duckdb/ask/paths.sql
var AskPaths string

//go:embed duckdb/ask/retention.sql
var AskRetention string

//go:embed duckdb/ask/sessions.sql
var AskSessions string

//go:embed duckdb/ask/top.sql
var AskTop string
