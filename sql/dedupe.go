package sql

import _ "embed"

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
