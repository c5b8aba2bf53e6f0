package sql

import _ "embed"

//go:embed duckdb/demo/email.sql
var DemoEmail string

//go:embed duckdb/demo/ids.sql
var DemoIds string

//go:embed duckdb/demo/journey.sql
var DemoJourney string

//go:embed duckdb/demo/person.sql
var DemoPerson string
