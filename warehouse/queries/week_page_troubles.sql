-- New pages that were asked for between two moments and not had by the end.
SELECT f.canonical_url AS url, any_value(e.publisher) AS publisher,
       arg_max(coalesce(f.error, 'HTTP ' || f.status), f.fetch_no) AS error, count(*)::INTEGER AS attempts
FROM fetches AS f
LEFT JOIN (SELECT canonical_url, min(publisher) AS publisher FROM entries GROUP BY canonical_url) AS e USING (canonical_url)
WHERE f.reason IN ('entry', 'retry') AND f.requested_at >= $start AND f.requested_at < $stop
GROUP BY f.canonical_url
HAVING NOT bool_or(f.raw_path IS NOT NULL)
ORDER BY f.canonical_url
