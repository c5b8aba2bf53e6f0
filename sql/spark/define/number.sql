-- A finite number: no spaces, no words, no other digits than ASCII's. A function of its argument, as that may be long.
get(filter(array(try_cast(regexp_extract({{text}}, r'\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\z', 0) AS DOUBLE)), v -> abs(v) < double('Infinity')), 0)
