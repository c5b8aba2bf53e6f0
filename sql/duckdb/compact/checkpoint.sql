-- Brings what is in the log of a database, if none is named of the open one, into its file; the log is gone then.
CHECKPOINT {{database}}
