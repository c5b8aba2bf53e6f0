package sql

import _ "embed"

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
