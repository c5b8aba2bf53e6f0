-- Everything but the rows. Views come over as text, bound to nothing, so that their order does not matter.
COPY FROM DATABASE {{old}} TO {{copy}} (SCHEMA)
