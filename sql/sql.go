// Package sql holds every statement of smew, one commented file each. A statement leaves
// identifiers open as {{name}}; values are parameters.
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

//go:embed duckdb/ledger/upgrade_names.sql
var LedgerUpgradeNames string

//go:embed duckdb/ledger/widest.sql
var LedgerWidest string

//go:embed duckdb/quarantine/create.sql
var QuarantineCreate string

//go:embed duckdb/quarantine/invalidate.sql
var QuarantineInvalidate string

//go:embed duckdb/quarantine/keep.sql
var QuarantineKeep string

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

//go:embed duckdb/accepted/all.sql
var AcceptedAll string

//go:embed duckdb/accepted/create.sql
var AcceptedCreate string

//go:embed duckdb/accepted/forget.sql
var AcceptedForget string

//go:embed duckdb/accepted/keep.sql
var AcceptedKeep string

//go:embed duckdb/rebuild/foreign.sql
var RebuildForeign string

//go:embed duckdb/delivered/add_column.sql
var DeliveredAddColumn string

//go:embed duckdb/delivered/count.sql
var DeliveredCount string

//go:embed duckdb/delivered/create_events.sql
var DeliveredCreateEvents string

//go:embed duckdb/delivered/create_migrations.sql
var DeliveredCreateMigrations string

//go:embed duckdb/delivered/create_people.sql
var DeliveredCreatePeople string

//go:embed duckdb/delivered/create_users.sql
var DeliveredCreateUsers string

//go:embed duckdb/delivered/drop.sql
var DeliveredDrop string

//go:embed duckdb/delivered/insert.sql
var DeliveredInsert string

//go:embed duckdb/delivered/insert_migrations.sql
var DeliveredInsertMigrations string

//go:embed duckdb/delivered/insert_plain.sql
var DeliveredInsertPlain string

//go:embed duckdb/delivered/invalidate.sql
var DeliveredInvalidate string

//go:embed duckdb/delivered/later_rows.sql
var DeliveredLaterRows string

//go:embed duckdb/dedupe/begin_beaten.sql
var DedupeBeginBeaten string

//go:embed duckdb/dedupe/begin_contested.sql
var DedupeBeginContested string

//go:embed duckdb/dedupe/begin_weighed.sql
var DedupeBeginWeighed string

//go:embed duckdb/dedupe/contest_changed.sql
var DedupeContestChanged string

//go:embed duckdb/dedupe/hide.sql
var DedupeHide string

//go:embed duckdb/dedupe/keep_beaten.sql
var DedupeKeepBeaten string

//go:embed duckdb/dedupe/keep_weighed.sql
var DedupeKeepWeighed string

//go:embed duckdb/dedupe/keys.sql
var DedupeKeys string

//go:embed duckdb/dedupe/losses.sql
var DedupeLosses string

//go:embed duckdb/dedupe/mapped.sql
var DedupeMapped string

//go:embed duckdb/dedupe/marks.sql
var DedupeMarks string

//go:embed duckdb/dedupe/marks_sifted.sql
var DedupeMarksSifted string

//go:embed duckdb/dedupe/no_keys.sql
var DedupeNoKeys string

//go:embed duckdb/dedupe/read_mapped.sql
var DedupeReadMapped string

//go:embed duckdb/dedupe/rivals.sql
var DedupeRivals string

//go:embed duckdb/dedupe/sifted.sql
var DedupeSifted string

//go:embed duckdb/dedupe/supersede.sql
var DedupeSupersede string

//go:embed duckdb/resolve/apply.sql
var ResolveApply string

//go:embed duckdb/resolve/changed.sql
var ResolveChanged string

//go:embed duckdb/resolve/double.sql
var ResolveDouble string

//go:embed duckdb/resolve/first_step.sql
var ResolveFirstStep string

//go:embed duckdb/resolve/forget.sql
var ResolveForget string

//go:embed duckdb/resolve/keep.sql
var ResolveKeep string

//go:embed duckdb/resolve/mapping.sql
var ResolveMapping string

//go:embed duckdb/resolve/moved.sql
var ResolveMoved string

//go:embed duckdb/resolve/repeated.sql
var ResolveRepeated string

//go:embed duckdb/resolve/rings.sql
var ResolveRings string

//go:embed duckdb/resolve/settle.sql
var ResolveSettle string

//go:embed duckdb/resolve/settled.sql
var ResolveSettled string

//go:embed duckdb/resolve/start.sql
var ResolveStart string

//go:embed duckdb/resolve/unchanged.sql
var ResolveUnchanged string

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

//go:embed duckdb/analysis/enhanced_users.sql
var AnalysisEnhancedUsers string

//go:embed duckdb/analysis/no_pages.sql
var AnalysisNoPages string

//go:embed duckdb/analysis/pages.sql
var AnalysisPages string

//go:embed duckdb/analysis/session_facts.sql
var AnalysisSessionFacts string

//go:embed duckdb/analysis/sync_history.sql
var AnalysisSyncHistory string

//go:embed duckdb/analysis/sync_info.sql
var AnalysisSyncInfo string

//go:embed duckdb/ledger/forget_type.sql
var LedgerForgetType string

//go:embed duckdb/ledger/keep_type.sql
var LedgerKeepType string

//go:embed duckdb/ledger/macros.sql
var LedgerMacros string

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

//go:embed duckdb/demo/email.sql
var DemoEmail string

//go:embed duckdb/demo/ids.sql
var DemoIds string

//go:embed duckdb/demo/journey.sql
var DemoJourney string

//go:embed duckdb/demo/person.sql
var DemoPerson string

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

//go:embed duckdb/recent/changes.sql
var RecentChanges string

//go:embed duckdb/recent/definitions.sql
var RecentDefinitions string

//go:embed duckdb/recent/failing.sql
var RecentFailing string

//go:embed duckdb/recent/quarantined.sql
var RecentQuarantined string

//go:embed duckdb/recent/rows.sql
var RecentRows string

//go:embed duckdb/ready/active_people.sql
var ReadyActivePeople string

//go:embed duckdb/ready/active_users.sql
var ReadyActiveUsers string

//go:embed duckdb/ready/attribution.sql
var ReadyAttribution string

//go:embed duckdb/ready/conversion.sql
var ReadyConversion string

//go:embed duckdb/ready/events_by_day.sql
var ReadyEventsByDay string

//go:embed duckdb/ready/events_by_table.sql
var ReadyEventsByTable string

//go:embed duckdb/ready/failures.sql
var ReadyFailures string

//go:embed duckdb/ready/funnel.sql
var ReadyFunnel string

//go:embed duckdb/ready/loads.sql
var ReadyLoads string

//go:embed duckdb/ready/merged_people.sql
var ReadyMergedPeople string

//go:embed duckdb/ready/paths.sql
var ReadyPaths string

//go:embed duckdb/ready/retention.sql
var ReadyRetention string

//go:embed duckdb/ready/sessions_by_pauses.sql
var ReadySessionsByPauses string

//go:embed duckdb/status/catalog.sql
var StatusCatalog string

//go:embed duckdb/status/dumps.sql
var StatusDumps string

//go:embed duckdb/status/failures.sql
var StatusFailures string

//go:embed duckdb/status/history.sql
var StatusHistory string

//go:embed duckdb/status/history_tables.sql
var StatusHistoryTables string

//go:embed duckdb/status/identities.sql
var StatusIdentities string

//go:embed duckdb/status/quarantined.sql
var StatusQuarantined string

//go:embed duckdb/status/report.sql
var StatusReport string

//go:embed duckdb/status/rows.sql
var StatusRows string

//go:embed duckdb/status/rows_all.sql
var StatusRowsAll string

//go:embed duckdb/status/table.sql
var StatusTable string

//go:embed duckdb/status/tries.sql
var StatusTries string

//go:embed duckdb/status/version.sql
var StatusVersion string

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

//go:embed duckdb/erase/account.sql
var EraseAccount string

//go:embed duckdb/erase/add_column.sql
var EraseAddColumn string

//go:embed duckdb/erase/all_ids.sql
var EraseAllIDs string

//go:embed duckdb/erase/any.sql
var EraseAny string

//go:embed duckdb/erase/begin_gone.sql
var EraseBeginGone string

//go:embed duckdb/erase/begin_mappings.sql
var EraseBeginMappings string

//go:embed duckdb/erase/begin_quarantined.sql
var EraseBeginQuarantined string

//go:embed duckdb/erase/copy.sql
var EraseCopy string

//go:embed duckdb/erase/copy_names.sql
var EraseCopyNames string

//go:embed duckdb/erase/count_gone.sql
var EraseCountGone string

//go:embed duckdb/erase/count_ids.sql
var EraseCountIDs string

//go:embed duckdb/erase/count_mappings.sql
var EraseCountMappings string

//go:embed duckdb/erase/count_quarantined.sql
var EraseCountQuarantined string

//go:embed duckdb/erase/count_rows.sql
var EraseCountRows string

//go:embed duckdb/erase/drop_mappings.sql
var EraseDropMappings string

//go:embed duckdb/erase/erasures.sql
var EraseErasures string

//go:embed duckdb/erase/foreign.sql
var EraseForeign string

//go:embed duckdb/erase/gone.sql
var EraseGone string

//go:embed duckdb/erase/hash.sql
var EraseHash string

//go:embed duckdb/erase/hashes.sql
var EraseHashes string

//go:embed duckdb/erase/held_mappings.sql
var EraseHeldMappings string

//go:embed duckdb/erase/hold_mappings.sql
var EraseHoldMappings string

//go:embed duckdb/erase/identity.sql
var EraseIdentity string

//go:embed duckdb/erase/ids.sql
var EraseIDs string

//go:embed duckdb/erase/join_ids.sql
var EraseJoinIDs string

//go:embed duckdb/erase/keep_copy.sql
var EraseKeepCopy string

//go:embed duckdb/erase/keep_mappings.sql
var EraseKeepMappings string

//go:embed duckdb/erase/keep_names.sql
var EraseKeepNames string

//go:embed duckdb/erase/keep_others.sql
var EraseKeepOthers string

//go:embed duckdb/erase/known.sql
var EraseKnown string

//go:embed duckdb/erase/links.sql
var EraseLinks string

//go:embed duckdb/erase/mapped_ids.sql
var EraseMappedIDs string

//go:embed duckdb/erase/messages.sql
var EraseMessages string

//go:embed duckdb/erase/names.sql
var EraseNames string

//go:embed duckdb/erase/quarantined.sql
var EraseQuarantined string

//go:embed duckdb/erase/read_ids.sql
var EraseReadIDs string

//go:embed duckdb/erase/redact_attempts.sql
var EraseRedactAttempts string

//go:embed duckdb/erase/redact_reasons.sql
var EraseRedactReasons string

//go:embed duckdb/erase/remember.sql
var EraseRemember string

//go:embed duckdb/erase/remember_name.sql
var EraseRememberName string

//go:embed duckdb/erase/remove_identities.sql
var EraseRemoveIdentities string

//go:embed duckdb/erase/remove_mappings.sql
var EraseRemoveMappings string

//go:embed duckdb/erase/remove_people.sql
var EraseRemovePeople string

//go:embed duckdb/erase/remove_quarantined.sql
var EraseRemoveQuarantined string

//go:embed duckdb/erase/remove_rows.sql
var EraseRemoveRows string

//go:embed duckdb/erase/sift.sql
var EraseSift string

//go:embed duckdb/erase/spread.sql
var EraseSpread string

//go:embed duckdb/erase/status.sql
var EraseStatus string

//go:embed duckdb/erase/stored_ids.sql
var EraseStoredIDs string

//go:embed duckdb/answer/copy.sql
var AnswerCopy string

//go:embed duckdb/answer/create.sql
var AnswerCreate string

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

//go:embed duckdb/produce/columns.sql
var ProduceColumns string

//go:embed duckdb/produce/deliver.sql
var ProduceDeliver string

//go:embed duckdb/produce/dump.sql
var ProduceDump string

//go:embed duckdb/produce/forget.sql
var ProduceForget string

//go:embed duckdb/produce/forget_keys.sql
var ProduceForgetKeys string

//go:embed duckdb/produce/forget_replaced.sql
var ProduceForgetReplaced string

//go:embed duckdb/produce/forget_tables.sql
var ProduceForgetTables string

//go:embed duckdb/produce/judge.sql
var ProduceJudge string

//go:embed duckdb/produce/not_whole.sql
var ProduceNotWhole string

//go:embed duckdb/produce/outgoing_all.sql
var ProduceOutgoingAll string

//go:embed duckdb/produce/outgoing_count.sql
var ProduceOutgoingCount string

//go:embed duckdb/produce/outgoing_pending.sql
var ProduceOutgoingPending string

//go:embed duckdb/produce/outgoing_rows.sql
var ProduceOutgoingRows string

//go:embed duckdb/produce/pend_dump.sql
var ProducePendDump string

//go:embed duckdb/produce/pend_keys.sql
var ProducePendKeys string

//go:embed duckdb/produce/pend_table.sql
var ProducePendTable string

//go:embed duckdb/produce/schema.sql
var ProduceSchema string

//go:embed duckdb/produce/tables.sql
var ProduceTables string

//go:embed duckdb/produce/use_utc.sql
var ProduceUseUTC string

//go:embed duckdb/produce/weigh.sql
var ProduceWeigh string

//go:embed duckdb/attach/attach.sql
var Attach string

//go:embed duckdb/attach/read_only.sql
var AttachReadOnly string

//go:embed duckdb/attach/use.sql
var AttachUse string

//go:embed duckdb/reports/all.sql
var ReportsAll string

//go:embed duckdb/reports/manifests.sql
var ReportsManifests string

//go:embed duckdb/verify/accepted.sql
var VerifyAccepted string

//go:embed duckdb/verify/accounts.sql
var VerifyAccounts string

//go:embed duckdb/verify/ages.sql
var VerifyAges string

//go:embed duckdb/verify/begin_corrected.sql
var VerifyBeginCorrected string

//go:embed duckdb/verify/begin_people.sql
var VerifyBeginPeople string

//go:embed duckdb/verify/changed_rows.sql
var VerifyChangedRows string

//go:embed duckdb/verify/contested.sql
var VerifyContested string

//go:embed duckdb/verify/correct.sql
var VerifyCorrect string

//go:embed duckdb/verify/definitions.sql
var VerifyDefinitions string

//go:embed duckdb/verify/duplicates.sql
var VerifyDuplicates string

//go:embed duckdb/verify/first_row.sql
var VerifyFirstRow string

//go:embed duckdb/verify/gap.sql
var VerifyGap string

//go:embed duckdb/verify/held.sql
var VerifyHeld string

//go:embed duckdb/verify/held_parts.sql
var VerifyHeldParts string

//go:embed duckdb/verify/identities.sql
var VerifyIdentities string

//go:embed duckdb/verify/invalid.sql
var VerifyInvalid string

//go:embed duckdb/verify/lacking.sql
var VerifyLacking string

//go:embed duckdb/verify/lost_rows.sql
var VerifyLostRows string

//go:embed duckdb/verify/manifests.sql
var VerifyManifests string

//go:embed duckdb/verify/mapping.sql
var VerifyMapping string

//go:embed duckdb/verify/mappings.sql
var VerifyMappings string

//go:embed duckdb/verify/marks.sql
var VerifyMarks string

//go:embed duckdb/verify/part_key.sql
var VerifyPartKey string

//go:embed duckdb/verify/parts.sql
var VerifyParts string

//go:embed duckdb/verify/people.sql
var VerifyPeople string

//go:embed duckdb/verify/persons.sql
var VerifyPersons string

//go:embed duckdb/verify/read_parts.sql
var VerifyReadParts string

//go:embed duckdb/verify/record.sql
var VerifyRecord string

//go:embed duckdb/verify/relations.sql
var VerifyRelations string

//go:embed duckdb/verify/removed.sql
var VerifyRemoved string

//go:embed duckdb/verify/resync.sql
var VerifyResync string

//go:embed duckdb/verify/twice.sql
var VerifyTwice string

//go:embed duckdb/verify/unknown_dumps.sql
var VerifyUnknownDumps string

//go:embed duckdb/verify/unknown_places.sql
var VerifyUnknownPlaces string

//go:embed duckdb/verify/views.sql
var VerifyViews string

//go:embed duckdb/export/copy.sql
var ExportCopy string

//go:embed duckdb/export/describe.sql
var ExportDescribe string

//go:embed duckdb/export/abandon.sql
var ExportAbandon string

//go:embed duckdb/export/add_sync.sql
var ExportAddSync string

//go:embed duckdb/export/again_run.sql
var ExportAgainRun string

//go:embed duckdb/export/begin_run.sql
var ExportBeginRun string

//go:embed duckdb/export/begin_state.sql
var ExportBeginState string

//go:embed duckdb/export/count_keys.sql
var ExportCountKeys string

//go:embed duckdb/export/count_null_keys.sql
var ExportCountNullKeys string

//go:embed duckdb/export/counts.sql
var ExportCounts string

//go:embed duckdb/export/drop.sql
var ExportDrop string

//go:embed duckdb/export/end_run.sql
var ExportEndRun string

//go:embed duckdb/export/files.sql
var ExportFiles string

//go:embed duckdb/export/forget_file.sql
var ExportForgetFile string

//go:embed duckdb/export/join_state.sql
var ExportJoinState string

//go:embed duckdb/export/keep_file.sql
var ExportKeepFile string

//go:embed duckdb/export/keep_shape.sql
var ExportKeepShape string

//go:embed duckdb/export/leave_state.sql
var ExportLeaveState string

//go:embed duckdb/export/moved.sql
var ExportMoved string

//go:embed duckdb/export/open_run.sql
var ExportOpenRun string

//go:embed duckdb/export/pending.sql
var ExportPending string

//go:embed duckdb/export/pending_all.sql
var ExportPendingAll string

//go:embed duckdb/export/prepared.sql
var ExportPrepared string

//go:embed duckdb/export/remove_duplicates.sql
var ExportRemoveDuplicates string

//go:embed duckdb/export/remove_null_keys.sql
var ExportRemoveNullKeys string

//go:embed duckdb/export/reshape.sql
var ExportReshape string

//go:embed duckdb/export/result.sql
var ExportResult string

//go:embed duckdb/export/rewrite_state.sql
var ExportRewriteState string

//go:embed duckdb/export/rows.sql
var ExportRows string

//go:embed duckdb/export/runs.sql
var ExportRuns string

//go:embed duckdb/export/schema.sql
var ExportSchema string

//go:embed duckdb/export/sync.sql
var ExportSync string

//go:embed duckdb/export/there.sql
var ExportThere string

//go:embed duckdb/export/use_utc.sql
var ExportUseUTC string

//go:embed duckdb/export/whole_file.sql
var ExportWholeFile string

//go:embed duckdb/export/state.sql
var ExportState string

//go:embed duckdb/export/next_run.sql
var ExportNextRun string

//go:embed duckdb/export/first_row.sql
var ExportFirstRow string

//go:embed duckdb/export/count_moved.sql
var ExportCountMoved string

//go:embed duckdb/export/count_pending.sql
var ExportCountPending string

//go:embed duckdb/export/moved_all.sql
var ExportMovedAll string

//go:embed duckdb/export/pending_twins.sql
var ExportPendingTwins string

//go:embed duckdb/export/whole_result.sql
var ExportWholeResult string

//go:embed duckdb/export/erase_errors.sql
var ExportEraseErrors string

//go:embed duckdb/export/erase_keys.sql
var ExportEraseKeys string

//go:embed duckdb/export/erase_person.sql
var ExportErasePerson string

//go:embed duckdb/export/erase_values.sql
var ExportEraseValues string

//go:embed duckdb/export/syncs.sql
var ExportSyncs string
