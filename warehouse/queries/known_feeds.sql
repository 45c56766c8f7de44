-- The feeds with the publisher and the kind that they last had.
SELECT feed_url, arg_max(publisher, feed_no) AS publisher, arg_max(kind, feed_no) AS kind
FROM feeds
GROUP BY feed_url
