-- The feeds that had fallen silent against their own habit at a moment.
SELECT feed_url, silent_since, usual_hours FROM source_silence($now) ORDER BY feed_url
