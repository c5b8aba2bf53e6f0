-- A person's events in the order of time, each with the id it was delivered under.
SELECT e.time, e.event, e.delivered_id, e.detail, e.smew_dump_id FROM (
    SELECT smew_user_id, smew_hidden, time, 'pageview' AS event, user_id AS delivered_id, path AS detail, smew_dump_id FROM delivered.pageviews
    UNION ALL
    SELECT smew_user_id, smew_hidden, time, 'product viewed', user_id, product_name, smew_dump_id FROM delivered.product_viewed
    UNION ALL
    SELECT smew_user_id, smew_hidden, time, 'cart updated', user_id, cart_total, smew_dump_id FROM delivered.cart_updated
    UNION ALL
    SELECT smew_user_id, smew_hidden, time, 'checkout started', user_id, cart_total, smew_dump_id FROM delivered.checkout_started
    UNION ALL
    SELECT smew_user_id, smew_hidden, time, 'order completed', user_id, amount || ' ' || currency, smew_dump_id FROM delivered.order_completed
) AS e
WHERE e.smew_user_id = $1 AND NOT e.smew_hidden ORDER BY smew.instant(e.time), e.event
