-- Stored rows may be hidden from now on, or no longer.
INSERT INTO weighed SELECT place, was_hidden, resolved_age > 1 FROM rivals WHERE place IS NOT NULL AND age = 1
