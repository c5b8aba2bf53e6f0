-- The pageviews of each session, of a feed that has none.
SELECT NULL::BIGINT AS user_id, NULL::BIGINT AS session_id, 0 AS pageviews, NULL::VARCHAR AS entry_page, NULL::VARCHAR AS exit_page WHERE false
