-- From version 2 to 3: when definitions counted.
ALTER TABLE smew.definitions ADD COLUMN counted_from TIMESTAMP;
ALTER TABLE smew.definitions ADD COLUMN counted_to TIMESTAMP
