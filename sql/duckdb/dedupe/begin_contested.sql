-- The ids whose stored rows have to be weighed anew, whatever the dump brings.
CREATE OR REPLACE TEMP TABLE contested (id BIGINT)
