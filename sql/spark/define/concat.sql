-- Texts one after the other without those that are NULL; NULL where all are.
get(transform(filter(array(array_compact(array({{texts}}))), v -> size(v) > 0), v -> array_join(v, '')), 0)
