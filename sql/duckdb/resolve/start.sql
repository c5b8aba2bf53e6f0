-- All others walk. They stand one step along their chain and know the least id they have met.
CREATE OR REPLACE TEMP TABLE walk AS
SELECT user_id, target AS reached, least(user_id, target) AS least_met, true AS moved FROM first_step WHERE leads_on
