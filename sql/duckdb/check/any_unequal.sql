-- Tells whether any row is not equally often on both sides.
SELECT EXISTS (FROM unequal)
