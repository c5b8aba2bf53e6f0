-- Its rows, from lines of JSON. The parameter is the file.
INSERT INTO {{table}} SELECT {{columns}} FROM read_json($1, format = 'newline_delimited', columns = {{types}})
