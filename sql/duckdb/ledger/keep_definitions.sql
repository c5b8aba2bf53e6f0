-- A definitions file as delivered; one that cannot be read blocks nothing (R14).
INSERT INTO smew.definitions (dump_id, key, body, problem) VALUES ($1, $2, $3, $4)
