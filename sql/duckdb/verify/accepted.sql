-- The dumps that are accepted as lost.
SELECT dump_id, reason FROM smew.accepted
