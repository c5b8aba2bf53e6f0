-- A sync report as read (R13).
INSERT INTO smew.sync_reports VALUES ($1, $2, make_timestamp($3::BIGINT * 1000), make_timestamp($4::BIGINT * 1000), make_timestamp($5::BIGINT * 1000), $6, $7, $8, $9)
