-- Takes a table of exports over into another database, which has it and nothing in it.
INSERT INTO {{into}}.smew.{{table}} BY NAME FROM smew.{{table}}
