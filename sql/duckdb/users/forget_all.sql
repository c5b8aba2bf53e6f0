-- Where everyone is merged anew, nobody stays.
DELETE FROM smew.people
