-- The rows of sessions, an event table or a table without key, as delivered, the
-- newest per delivered key. A hidden row gave way to a newer one of the same resolved key. smew_time is the
-- instant that "time" stands for: reading it from the text takes longer than most questions.
CREATE TABLE smew.{{relation}} (
    smew_dump_id BIGINT NOT NULL, smew_part BIGINT NOT NULL, smew_row BIGINT NOT NULL,
    smew_user_id BIGINT, smew_hidden BOOLEAN NOT NULL, smew_time TIMESTAMP,
    user_id BIGINT, event_id BIGINT, session_id BIGINT, "time" VARCHAR{{columns}}
)
