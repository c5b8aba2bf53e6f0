-- Whom the rest of the load removes stored rows of: those who have become an erased person's.
CREATE OR REPLACE TEMP TABLE erased_ids AS FROM new_ids
