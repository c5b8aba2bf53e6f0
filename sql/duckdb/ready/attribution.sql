-- What the sessions before an order came by: the first, the last, and all in equal shares.
FROM smew.attribution('order_completed', property := 'utm_source', within := INTERVAL 30 DAYS)
