-- The stored rows that were weighed, by their place in the relation: whether they were hidden, and are.
CREATE OR REPLACE TEMP TABLE weighed (place BIGINT, was_hidden BOOLEAN, hidden BOOLEAN)
