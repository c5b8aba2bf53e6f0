-- Brings what is in a database's log into its file; the log is gone then.
CHECKPOINT {{database}}
