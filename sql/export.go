package sql

import _ "embed"

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

//go:embed duckdb/export/erase_first.sql
var ExportEraseFirst string

//go:embed duckdb/export/forget_first.sql
var ExportForgetFirst string

//go:embed duckdb/export/open.sql
var ExportOpen string

//go:embed duckdb/export/carry.sql
var ExportCarry string

//go:embed duckdb/export/carry_state.sql
var ExportCarryState string

//go:embed duckdb/export/states.sql
var ExportStates string

//go:embed duckdb/export/claims.sql
var ExportClaims string

//go:embed duckdb/export/claim.sql
var ExportClaim string

//go:embed duckdb/export/claimed.sql
var ExportClaimed string

//go:embed duckdb/export/stale.sql
var ExportStale string

//go:embed duckdb/export/torn.sql
var ExportTorn string
