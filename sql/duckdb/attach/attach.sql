-- Opens a second file for writing beside the one that is open.
ATTACH {{path}} AS {{name}} (READ_WRITE)
