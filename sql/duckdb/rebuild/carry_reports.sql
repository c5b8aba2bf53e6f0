-- Takes over the sync reports that the feed has no more (R13).
INSERT INTO {{into}}.smew.sync_reports BY NAME FROM smew.sync_reports AS r ANTI JOIN {{into}}.smew.sync_reports AS f USING (key)
