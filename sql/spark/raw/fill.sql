-- A dump's rows, in place of those that an attempt before may have left.
INSERT OVERWRITE {{raw}} PARTITION (smew_dump_id = {{dump}}) ({{columns}}, smew_part, smew_row)
{{rows}}
