-- Everyone stands one step along their chain and knows the least id they have met.
CREATE OR REPLACE TEMP TABLE walk AS
SELECT user_id, target AS reached, least(user_id, target) AS least_met FROM mapping
