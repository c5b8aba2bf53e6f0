package sql

import _ "embed"

//go:embed duckdb/answer/copy.sql
var AnswerCopy string

//go:embed duckdb/answer/create.sql
var AnswerCreate string
