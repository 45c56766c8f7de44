-- How each feed's polls went.
SELECT feed_url, etag, last_modified, last_fetched_at, last_success_at, last_full_at, last_new_at,
       consecutive_failures, last_error, next_fetch_at
FROM source_polls
ORDER BY feed_url
