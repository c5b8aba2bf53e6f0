-- From version 1 to 2: what has become of each dump's own rows.
ALTER TABLE smew.tables ADD COLUMN own_superseded BIGINT DEFAULT 0;
ALTER TABLE smew.tables ADD COLUMN own_invalidated BIGINT DEFAULT 0;
ALTER TABLE smew.tables ADD COLUMN own_quarantined BIGINT DEFAULT 0;
ALTER TABLE smew.tables ADD COLUMN own_erased BIGINT DEFAULT 0
