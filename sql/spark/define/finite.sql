-- What is finite; else NULL.
get(filter(array({{number}}), v -> abs(v) < double('Infinity')), 0)
