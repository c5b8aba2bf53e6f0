-- How many people who saw a page started to check out, then ordered, within a week. Other tables make other funnels, of up to eight steps.
FROM smew.funnel(['pageviews', 'checkout_started', 'order_completed'], within := INTERVAL 7 DAYS)
