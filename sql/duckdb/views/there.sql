-- The tables and views where smew's are going, whoever made them.
SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('main', 'delivered', 'typed')
