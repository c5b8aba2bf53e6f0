-- Whether the delivered sessions are those that half an hour's pause makes.
FROM smew.sessions_by_pauses(gap := INTERVAL 30 MINUTES)
