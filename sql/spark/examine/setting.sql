-- What the session has a setting at.
SET {{key}}
