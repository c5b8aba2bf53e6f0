-- The rows of user_migrations as delivered by the highest dump that carries it (R5).
CREATE TABLE smew.{{relation}} (
    smew_dump_id BIGINT NOT NULL, smew_part BIGINT NOT NULL, smew_row BIGINT NOT NULL,
    from_user_id BIGINT, to_user_id BIGINT{{columns}}
)
