-- Feeds that failed between two moments.
SELECT f.feed_url, any_value(sources.publisher) AS publisher, count(*)::INTEGER AS failures,
       arg_max(coalesce(f.error, 'HTTP ' || f.status), f.fetch_no) AS last_error,
       any_value(sources.last_success_at) AS last_success_at
FROM fetches AS f
LEFT JOIN sources USING (feed_url)
WHERE f.reason = 'feed' AND f.requested_at >= $start AND f.requested_at < $stop
  AND (f.error IS NOT NULL OR f.status >= 400)
GROUP BY f.feed_url
ORDER BY f.feed_url
