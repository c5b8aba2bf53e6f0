-- The rows of users as delivered, the newest per user_id.
CREATE TABLE smew.{{relation}} (
    smew_dump_id BIGINT NOT NULL, smew_part BIGINT NOT NULL, smew_row BIGINT NOT NULL,
    smew_user_id BIGINT, smew_hidden BOOLEAN NOT NULL,
    user_id BIGINT,
    joindate VARCHAR, last_modified VARCHAR, identity VARCHAR, handle VARCHAR, email VARCHAR{{columns}}
)
