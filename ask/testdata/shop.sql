-- A week and a half in the life of five customers of a shop. The 5th of January 2026 is a Monday.
--
-- 1  5th 10:00 (session 11, google): views /a, 10:05 fills the cart, 10:10 orders. 6th 09:00 (session 12): views /b.
-- 2  5th 12:00 (21, bing): views /a, 12:20 /b. 14th 08:00 (22, google): fills the cart, 08:30 orders.
-- 3  6th 18:00 (31, google): orders, 18:05 views /a and at the same instant fills the cart.
-- 4  12th 10:00 (41): views /a, 10:10 fills the cart, 10:50 views /b, 11:00 orders. There is no record of them.
-- 5  12th 10:00 (51, bing): views /a, 10:50 views /a, 10:55 fills the cart, 11:10 orders.
-- 9  never came.
-- Two views more, of /a, are nobody's, which counts nowhere, and 1's at no time, which counts where time does not.
CREATE TABLE typed.pageviews AS SELECT * REPLACE ("time"::TIMESTAMP AS "time") FROM (VALUES
    (101, 1, 11, '2026-01-05 10:00', '/a'), (104, 1, 12, '2026-01-06 09:00', '/b'),
    (201, 2, 21, '2026-01-05 12:00', '/a'), (202, 2, 21, '2026-01-05 12:20', '/b'),
    (302, 3, 31, '2026-01-06 18:05', '/a'),
    (401, 4, 41, '2026-01-12 10:00', '/a'), (403, 4, 41, '2026-01-12 10:50', '/b'),
    (501, 5, 51, '2026-01-12 10:00', '/a'), (502, 5, 51, '2026-01-12 10:50', '/a'),
    (901, NULL, 91, '2026-01-05 10:00', '/a'), (902, 1, 11, NULL, '/a')
) AS t(event_id, user_id, session_id, "time", path);

CREATE TABLE typed.carts AS SELECT * REPLACE ("time"::TIMESTAMP AS "time") FROM (VALUES
    (102, 1, 11, '2026-01-05 10:05'), (203, 2, 22, '2026-01-14 08:00'), (303, 3, 31, '2026-01-06 18:05'),
    (402, 4, 41, '2026-01-12 10:10'), (503, 5, 51, '2026-01-12 10:55')
) AS t(event_id, user_id, session_id, "time");

CREATE TABLE typed.orders AS SELECT * REPLACE ("time"::TIMESTAMP AS "time") FROM (VALUES
    (103, 1, 11, '2026-01-05 10:10'), (204, 2, 22, '2026-01-14 08:30'), (301, 3, 31, '2026-01-06 18:00'),
    (404, 4, 41, '2026-01-12 11:00'), (504, 5, 51, '2026-01-12 11:10')
) AS t(event_id, user_id, session_id, "time");

CREATE TABLE typed.sessions AS SELECT * REPLACE ("time"::TIMESTAMP AS "time") FROM (VALUES
    (11, 1, '2026-01-05 10:00', 'google'), (12, 1, '2026-01-06 09:00', NULL),
    (21, 2, '2026-01-05 12:00', 'bing'), (22, 2, '2026-01-14 08:00', 'google'),
    (31, 3, '2026-01-06 18:00', 'google'), (41, 4, '2026-01-12 10:00', NULL), (51, 5, '2026-01-12 10:00', 'bing')
) AS t(session_id, user_id, "time", utm_source);

-- A property of users has the name of a column by which sessions are told apart.
CREATE TABLE typed.users AS SELECT *, NULL AS session_id FROM (VALUES (1, 'pro'), (2, 'free'), (3, 'free'), (5, 'pro'), (9, 'free')) AS t(user_id, plan);

CREATE VIEW typed.all_events AS
SELECT 'pageviews' AS event_table_name, event_id, user_id, session_id, "time" FROM typed.pageviews
UNION ALL SELECT 'carts', * FROM typed.carts UNION ALL SELECT 'orders', * FROM typed.orders
