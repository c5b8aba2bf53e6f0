-- Where everyone's first step leads, and whether a chain leads on from there.
CREATE OR REPLACE TEMP TABLE first_step AS
SELECT m.user_id, m.target, next.user_id IS NOT NULL AS leads_on
FROM mapping AS m LEFT JOIN mapping AS next ON next.user_id = m.target
