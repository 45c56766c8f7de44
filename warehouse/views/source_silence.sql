-- The feeds that had fallen silent against their own habit at a moment: they answer, but for four times as long as nine
-- of ten of their pauses last, and for two days at least, they have brought nothing new. A habit is what the last 120
-- days show, and takes six times that a feed brought news.
CREATE OR REPLACE MACRO source_silence(moment) AS TABLE
WITH polls AS (
    SELECT
        feed_url, requested_at, new_entries, error IS NULL AND coalesce(status IN (200, 304), false) AS succeeded
    FROM fetches
    WHERE reason = 'feed' AND feed_url IS NOT NULL
      AND requested_at <= moment::TIMESTAMPTZ AND requested_at > moment::TIMESTAMPTZ - INTERVAL 120 DAY
),
news AS (
    SELECT
        feed_url,
        requested_at,
        epoch(requested_at - lag(requested_at) OVER (PARTITION BY feed_url ORDER BY requested_at)) AS pause
    FROM polls
    WHERE new_entries > 0
),
habits AS (
    SELECT feed_url, count(*) AS times, max(requested_at) AS last_new_at, quantile_cont(pause, 0.9) AS usual
    FROM news
    GROUP BY feed_url
),
answers AS (
    SELECT feed_url, max(requested_at) AS last_success_at FROM polls WHERE succeeded GROUP BY feed_url
)
SELECT
    feed_url,
    habits.last_new_at AS silent_since,
    answers.last_success_at,
    round(habits.usual / 3600, 1) AS usual_hours
FROM habits
JOIN answers USING (feed_url)
WHERE habits.times >= 6
  AND epoch(answers.last_success_at - habits.last_new_at) > greatest(2 * 86400, 4 * habits.usual);
