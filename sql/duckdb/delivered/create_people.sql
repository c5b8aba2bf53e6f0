-- main.users: the records of users merged, one row a person (R9).
CREATE OR REPLACE TABLE smew.people (
    user_id BIGINT,
    joindate VARCHAR, last_modified VARCHAR, identity VARCHAR, handle VARCHAR, email VARCHAR{{columns}}
)
