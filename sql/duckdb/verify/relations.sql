-- The tables of smew's own schema.
SELECT table_name FROM information_schema.tables WHERE table_schema = 'smew'
