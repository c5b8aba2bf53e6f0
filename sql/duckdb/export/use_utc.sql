-- Instants become the same text on every machine.
SET TimeZone = 'UTC'
