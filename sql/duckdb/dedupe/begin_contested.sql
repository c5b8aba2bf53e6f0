-- The ids that stand in rows of this dump and of earlier loads.
CREATE OR REPLACE TEMP TABLE contested (id BIGINT)
