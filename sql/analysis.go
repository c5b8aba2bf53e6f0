package sql

import _ "embed"

//go:embed duckdb/analysis/any_place.sql
var AnalysisAnyPlace string

//go:embed duckdb/analysis/enhanced_users.sql
var AnalysisEnhancedUsers string

//go:embed duckdb/analysis/no_pages.sql
var AnalysisNoPages string

//go:embed duckdb/analysis/pages.sql
var AnalysisPages string

//go:embed duckdb/analysis/place.sql
var AnalysisPlace string

//go:embed duckdb/analysis/session_facts.sql
var AnalysisSessionFacts string

//go:embed duckdb/analysis/sync_history.sql
var AnalysisSyncHistory string

//go:embed duckdb/analysis/sync_info.sql
var AnalysisSyncInfo string
