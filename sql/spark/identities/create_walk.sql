-- Where everyone who is mapped has got to, while chains are followed.
CREATE TABLE IF NOT EXISTS {{walk}} (user_id BIGINT, reached BIGINT, least_met BIGINT) USING iceberg
