package sql

import _ "embed"

//go:embed duckdb/ledger/all_columns.sql
var LedgerAllColumns string

//go:embed duckdb/ledger/count_definitions.sql
var LedgerCountDefinitions string

//go:embed duckdb/ledger/definitions.sql
var LedgerDefinitions string

//go:embed duckdb/ledger/dump.sql
var LedgerDump string

//go:embed duckdb/ledger/dumps.sql
var LedgerDumps string

//go:embed duckdb/ledger/exists.sql
var LedgerExists string

//go:embed duckdb/ledger/fault_definitions.sql
var LedgerFaultDefinitions string

//go:embed duckdb/ledger/forget_columns.sql
var LedgerForgetColumns string

//go:embed duckdb/ledger/forget_report.sql
var LedgerForgetReport string

//go:embed duckdb/ledger/forget_setting.sql
var LedgerForgetSetting string

//go:embed duckdb/ledger/held.sql
var LedgerHeld string

//go:embed duckdb/ledger/held_rows.sql
var LedgerHeldRows string

//go:embed duckdb/ledger/keep_attempt.sql
var LedgerKeepAttempt string

//go:embed duckdb/ledger/keep_columns.sql
var LedgerKeepColumns string

//go:embed duckdb/ledger/keep_definitions.sql
var LedgerKeepDefinitions string

//go:embed duckdb/ledger/keep_dump.sql
var LedgerKeepDump string

//go:embed duckdb/ledger/keep_held.sql
var LedgerKeepHeld string

//go:embed duckdb/ledger/keep_manifests.sql
var LedgerKeepManifests string

//go:embed duckdb/ledger/keep_parts.sql
var LedgerKeepParts string

//go:embed duckdb/ledger/keep_report.sql
var LedgerKeepReport string

//go:embed duckdb/ledger/keep_setting.sql
var LedgerKeepSetting string

//go:embed duckdb/ledger/keep_tables.sql
var LedgerKeepTables string

//go:embed duckdb/ledger/last_attempts.sql
var LedgerLastAttempts string

//go:embed duckdb/ledger/live_lists.sql
var LedgerLiveLists string

//go:embed duckdb/ledger/lose_invalidated.sql
var LedgerLoseInvalidated string

//go:embed duckdb/ledger/lose_superseded.sql
var LedgerLoseSuperseded string

//go:embed duckdb/ledger/manifests.sql
var LedgerManifests string

//go:embed duckdb/ledger/physical.sql
var LedgerPhysical string

//go:embed duckdb/ledger/reports.sql
var LedgerReports string

//go:embed duckdb/ledger/resyncs.sql
var LedgerResyncs string

//go:embed duckdb/ledger/schema.sql
var LedgerSchema string

//go:embed duckdb/ledger/setting.sql
var LedgerSetting string

//go:embed duckdb/ledger/update_held.sql
var LedgerUpdateHeld string

//go:embed duckdb/ledger/upgrade_columns.sql
var LedgerUpgradeColumns string

//go:embed duckdb/ledger/upgrade_counts.sql
var LedgerUpgradeCounts string

//go:embed duckdb/ledger/upgrade_definitions.sql
var LedgerUpgradeDefinitions string

//go:embed duckdb/ledger/upgrade_erased.sql
var LedgerUpgradeErased string

//go:embed duckdb/ledger/upgrade_instants.sql
var LedgerUpgradeInstants string

//go:embed duckdb/ledger/upgrade_names.sql
var LedgerUpgradeNames string

//go:embed duckdb/ledger/upgrade_targets.sql
var LedgerUpgradeTargets string

//go:embed duckdb/ledger/upgrade_times.sql
var LedgerUpgradeTimes string

//go:embed duckdb/ledger/widest.sql
var LedgerWidest string

//go:embed duckdb/ledger/forget_type.sql
var LedgerForgetType string

//go:embed duckdb/ledger/keep_type.sql
var LedgerKeepType string

//go:embed duckdb/ledger/macros.sql
var LedgerMacros string
