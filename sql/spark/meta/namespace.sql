-- A namespace of the catalog; CREATE TABLE makes none.
CREATE NAMESPACE IF NOT EXISTS {{namespace}}
