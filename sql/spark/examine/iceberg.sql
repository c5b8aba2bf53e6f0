-- What Iceberg the catalog is of.
SELECT {{catalog}}.system.iceberg_version()
