-- Whose records have this identity.
SELECT DISTINCT smew_user_id FROM smew.{{relation}} WHERE identity = $1 AND user_id IS NOT NULL ORDER BY smew_user_id
