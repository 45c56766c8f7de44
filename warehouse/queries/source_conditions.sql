-- How each feed is doing, as the user is told.
SELECT feed_url, condition, last_success_at, next_fetch_at, articles_per_week, relevant_share,
       consecutive_failures AS failures, last_error, silent_since, note
FROM sources
ORDER BY feed_url
