-- The databases of the catalog.
SHOW NAMESPACES IN {{catalog}}
