-- … and puts in those that are mapped now.
INSERT INTO smew.identities SELECT user_id, new_id FROM changed_identities WHERE user_id <> new_id
