-- Takes what was sent, or is to be, over into another database.
CREATE TABLE {{into}}.smew.{{table}} AS FROM smew.{{table}}
