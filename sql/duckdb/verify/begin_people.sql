-- Where everyone is merged anew.
CREATE OR REPLACE TEMP TABLE fresh_people AS FROM smew.people LIMIT 0
