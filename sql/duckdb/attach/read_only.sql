-- Opens a file for reading in an instance of its own.
ATTACH {{path}} AS {{name}} (READ_ONLY)
