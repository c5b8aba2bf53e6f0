package sql

import _ "embed"

//go:embed spark/meta/commit.sql
var SparkMetaCommit string

//go:embed spark/meta/create_head.sql
var SparkMetaCreateHead string

//go:embed spark/meta/first_head.sql
var SparkMetaFirstHead string

//go:embed spark/meta/head.sql
var SparkMetaHead string

//go:embed spark/meta/namespace.sql
var SparkMetaNamespace string

//go:embed spark/raw/add_columns.sql
var SparkRawAddColumns string

//go:embed spark/raw/columns.sql
var SparkRawColumns string

//go:embed spark/raw/count.sql
var SparkRawCount string

//go:embed spark/raw/create.sql
var SparkRawCreate string

//go:embed spark/raw/drop.sql
var SparkRawDrop string

//go:embed spark/raw/fill.sql
var SparkRawFill string

//go:embed spark/raw/partitions.sql
var SparkRawPartitions string

//go:embed spark/raw/rows.sql
var SparkRawRows string

//go:embed spark/identities/create.sql
var SparkIdentitiesCreate string

//go:embed spark/identities/create_walk.sql
var SparkIdentitiesCreateWalk string

//go:embed spark/identities/double.sql
var SparkIdentitiesDouble string

//go:embed spark/identities/keep.sql
var SparkIdentitiesKeep string

//go:embed spark/identities/moved.sql
var SparkIdentitiesMoved string

//go:embed spark/identities/start.sql
var SparkIdentitiesStart string

//go:embed spark/main/create.sql
var SparkMainCreate string

//go:embed spark/main/drop.sql
var SparkMainDrop string

//go:embed spark/main/events.sql
var SparkMainEvents string

//go:embed spark/main/instant.sql
var SparkMainInstant string

//go:embed spark/main/migrations.sql
var SparkMainMigrations string

//go:embed spark/main/users.sql
var SparkMainUsers string

//go:embed spark/main/users_merged.sql
var SparkMainUsersMerged string

//go:embed spark/main/users_touched.sql
var SparkMainUsersTouched string

//go:embed spark/main/whole.sql
var SparkMainWhole string

//go:embed spark/main/widen.sql
var SparkMainWiden string

//go:embed spark/refs/branch.sql
var SparkRefsBranch string

//go:embed spark/refs/publish.sql
var SparkRefsPublish string

//go:embed spark/refs/snapshot.sql
var SparkRefsSnapshot string

//go:embed spark/refs/tag.sql
var SparkRefsTag string

//go:embed spark/views/events_of.sql
var SparkViewsEventsOf string

//go:embed spark/views/no_events.sql
var SparkViewsNoEvents string

//go:embed spark/views/rows.sql
var SparkViewsRows string

//go:embed spark/define/concat.sql
var SparkDefineConcat string

//go:embed spark/define/defined.sql
var SparkDefined string

//go:embed spark/define/finite.sql
var SparkDefineFinite string

//go:embed spark/define/number.sql
var SparkDefineNumber string

//go:embed spark/define/number_text.sql
var SparkDefineNumberText string

//go:embed spark/meta/create_lock.sql
var SparkMetaCreateLock string

//go:embed spark/meta/first_lock.sql
var SparkMetaFirstLock string

//go:embed spark/meta/locked.sql
var SparkMetaLocked string

//go:embed spark/meta/lock.sql
var SparkMetaLock string

//go:embed spark/meta/take_lock.sql
var SparkMetaTakeLock string

//go:embed spark/meta/unlock.sql
var SparkMetaUnlock string

//go:embed spark/maintain/refs.sql
var SparkMaintainRefs string

//go:embed spark/maintain/drop_tag.sql
var SparkMaintainDropTag string

//go:embed spark/maintain/drop_branch.sql
var SparkMaintainDropBranch string

//go:embed spark/maintain/expire.sql
var SparkMaintainExpire string

//go:embed spark/maintain/rewrite.sql
var SparkMaintainRewrite string

//go:embed spark/maintain/invalid.sql
var SparkMaintainInvalid string

//go:embed spark/views/create.sql
var SparkViewsCreate string

//go:embed spark/views/athena.sql
var SparkViewsAthena string

//go:embed spark/identities/create_moved.sql
var SparkIdentitiesCreateMoved string

//go:embed spark/identities/move.sql
var SparkIdentitiesMove string

//go:embed spark/identities/moves.sql
var SparkIdentitiesMoves string

//go:embed spark/main/merge.sql
var SparkMainMerge string

//go:embed spark/main/move.sql
var SparkMainMove string

//go:embed spark/main/rows_of_dump.sql
var SparkMainRowsOfDump string

//go:embed spark/main/rows_of_joined.sql
var SparkMainRowsOfJoined string

//go:embed spark/main/rows_of_parted.sql
var SparkMainRowsOfParted string

//go:embed spark/quarantine/create.sql
var SparkQuarantineCreate string

//go:embed spark/quarantine/keep.sql
var SparkQuarantineKeep string

//go:embed spark/meta/note.sql
var SparkMetaNote string

//go:embed spark/erase/ids.sql
var SparkEraseIDs string

//go:embed spark/erase/identity.sql
var SparkEraseIdentity string

//go:embed spark/erase/names.sql
var SparkEraseNames string

//go:embed spark/erase/count.sql
var SparkEraseCount string

//go:embed spark/erase/remove.sql
var SparkEraseRemove string

//go:embed spark/erase/quarantined.sql
var SparkEraseQuarantined string

//go:embed spark/erase/redact.sql
var SparkEraseRedact string

//go:embed spark/erase/rewrite.sql
var SparkEraseRewrite string

//go:embed spark/erase/manifests.sql
var SparkEraseManifests string

//go:embed spark/erase/nothing.sql
var SparkEraseNothing string

//go:embed spark/verify/raw.sql
var SparkVerifyRaw string

//go:embed spark/verify/rows.sql
var SparkVerifyRows string

//go:embed spark/verify/mappings.sql
var SparkVerifyMappings string

//go:embed spark/verify/identities.sql
var SparkVerifyIdentities string

//go:embed spark/meta/rows.sql
var SparkMetaRows string

//go:embed spark/meta/people.sql
var SparkMetaPeople string

//go:embed spark/examine/create.sql
var SparkExamineCreate string

//go:embed spark/examine/drop.sql
var SparkExamineDrop string

//go:embed spark/examine/iceberg.sql
var SparkExamineIceberg string

//go:embed spark/examine/namespaces.sql
var SparkExamineNamespaces string

//go:embed spark/examine/read.sql
var SparkExamineRead string

//go:embed spark/examine/setting.sql
var SparkExamineSetting string

//go:embed spark/meta/tables.sql
var SparkMetaTables string

//go:embed spark/examine/version.sql
var SparkExamineVersion string
