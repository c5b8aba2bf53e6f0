-- Closes the copy.
DETACH {{copy}}
