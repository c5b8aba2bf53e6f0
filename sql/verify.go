package sql

import _ "embed"

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

//go:embed duckdb/verify/instants.sql
var VerifyInstants string

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
