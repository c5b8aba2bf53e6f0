-- A table that a lower dump names earlier, or that a higher full resync replaces.
UPDATE smew.held SET first_dump = $2, first_place = $3, resync = $4, relation = $5 WHERE name = $1
