-- Copied rows keep their order: what lies together is read together.
SET preserve_insertion_order = true
