-- How often each manifest was tried in vain, and when first.
SELECT manifest_key, count(*), min(tried_at) FROM smew.attempts GROUP BY manifest_key
