-- Opens the finished copy to read what is in the file.
ATTACH {{path}} AS {{copy}} (READ_ONLY)
