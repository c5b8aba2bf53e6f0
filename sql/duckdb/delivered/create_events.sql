-- The rows of sessions, an event table or a table without key, as delivered, the
-- newest per delivered key. A hidden row gave way to a newer one of the same resolved key.
CREATE TABLE smew.{{relation}} (
    smew_dump_id BIGINT NOT NULL, smew_part BIGINT NOT NULL, smew_row BIGINT NOT NULL,
    smew_user_id BIGINT, smew_hidden BOOLEAN NOT NULL,
    user_id BIGINT, event_id BIGINT, session_id BIGINT, "time" VARCHAR{{columns}}
)
