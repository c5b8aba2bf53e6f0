-- How many rows of erased ids each part brought that are stored, or set aside in quarantine.
CREATE OR REPLACE TEMP TABLE gone (table_name VARCHAR, dump BIGINT, part BIGINT, rows BIGINT, quarantined BOOLEAN)
