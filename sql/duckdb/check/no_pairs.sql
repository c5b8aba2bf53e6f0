-- Begins the pairs: a row of the key and a row of the consumer that are meant to be the same one.
CREATE OR REPLACE TEMP TABLE pairs (missing BIGINT, extra BIGINT, times BIGINT)
