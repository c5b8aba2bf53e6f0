-- Has the next mapping work out all identities, whatever it says: rows of the last one are gone, or they are to be mended.
UPDATE smew.identities SET target = NULL WHERE target IS NOT NULL
