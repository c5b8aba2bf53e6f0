-- The definitions files that loaded dumps name.
SELECT property_definitions FROM smew.dumps WHERE property_definitions IS NOT NULL
