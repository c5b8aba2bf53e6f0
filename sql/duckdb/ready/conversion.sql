-- In how many sessions there was an order, by a column of sessions.
FROM smew.conversion('order_completed', property := 'device_type')
