-- Keys that name the person go, where no reader is told of removed rows.
DELETE FROM {{table}} WHERE {{theirs}}
