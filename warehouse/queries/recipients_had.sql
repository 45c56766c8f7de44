-- The addresses that have had a week's digest.
SELECT DISTINCT recipient FROM deliveries WHERE week = $week AND status = 'sent' ORDER BY recipient
