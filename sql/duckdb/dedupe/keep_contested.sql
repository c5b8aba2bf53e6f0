-- Stored rows of these ids may be hidden from now on.
INSERT INTO contested SELECT DISTINCT id FROM rivals WHERE place IS NOT NULL
