-- The highest full resync of each table (R5).
SELECT name, resync FROM smew.held WHERE resync IS NOT NULL
