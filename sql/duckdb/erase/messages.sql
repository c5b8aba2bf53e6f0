-- What messages say that may quote a value.
SELECT error FROM smew.attempts UNION SELECT reason FROM smew.quarantine
