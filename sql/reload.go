package sql

import _ "embed"

//go:embed duckdb/reload/all_names.sql
var ReloadAllNames string

//go:embed duckdb/reload/deliveries.sql
var ReloadDeliveries string

//go:embed duckdb/reload/drop_people.sql
var ReloadDropPeople string

//go:embed duckdb/reload/forget_definitions.sql
var ReloadForgetDefinitions string

//go:embed duckdb/reload/forget_dump.sql
var ReloadForgetDump string

//go:embed duckdb/reload/forget_held.sql
var ReloadForgetHeld string

//go:embed duckdb/reload/forget_manifests.sql
var ReloadForgetManifests string

//go:embed duckdb/reload/forget_parts.sql
var ReloadForgetParts string

//go:embed duckdb/reload/forget_quarantine.sql
var ReloadForgetQuarantine string

//go:embed duckdb/reload/forget_tables.sql
var ReloadForgetTables string

//go:embed duckdb/reload/names.sql
var ReloadNames string

//go:embed duckdb/reload/other_manifests.sql
var ReloadOtherManifests string

//go:embed duckdb/reload/parts.sql
var ReloadParts string

//go:embed duckdb/reload/weigh.sql
var ReloadWeigh string
