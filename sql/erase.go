package sql

import _ "embed"

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
