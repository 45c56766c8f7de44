-- Each feed and how its polls went, from the requests made to it: what a run needs to know of it. A request succeeds when it brings the feed (200) or
-- says that nothing is new (304); an answer that is no feed carries an error and is a failure.
CREATE OR REPLACE VIEW source_polls AS
WITH known AS (
    SELECT feed_url, arg_max(publisher, feed_no) AS publisher, arg_max(kind, feed_no) AS kind
    FROM feeds
    GROUP BY feed_url
),
polls AS (
    SELECT *, coalesce(status IN (200, 304), false) AND error IS NULL AS succeeded
    FROM fetches
    WHERE reason = 'feed' AND feed_url IS NOT NULL
),
states AS (
    SELECT
        feed_url,
        arg_max({'etag': etag, 'last_modified': last_modified}, fetch_no)
            FILTER (WHERE succeeded AND status = 200) AS validators,
        arg_max({'entries': entries, 'note': note}, fetch_no) FILTER (WHERE succeeded AND status = 200) AS brought,
        arg_max(
            {'requested_at': requested_at, 'status': status, 'error': error, 'next_fetch_at': next_fetch_at}, fetch_no
        ) AS latest,
        min(requested_at) AS first_fetched_at,
        max(requested_at) FILTER (WHERE succeeded) AS last_success_at,
        max(requested_at) FILTER (WHERE succeeded AND status = 200) AS last_full_at,
        max(requested_at) FILTER (WHERE new_entries > 0) AS last_new_at,
        coalesce(max(fetch_no) FILTER (WHERE succeeded), -1) AS last_success_no
    FROM polls
    GROUP BY feed_url
),
failures AS (
    SELECT polls.feed_url, count(*) AS consecutive_failures
    FROM polls
    JOIN states ON states.feed_url = polls.feed_url AND polls.fetch_no > states.last_success_no
    GROUP BY polls.feed_url
)
SELECT
    feed_url,
    known.publisher,
    states.validators.etag AS etag,
    states.validators.last_modified AS last_modified,
    states.latest.requested_at AS last_fetched_at,
    states.last_success_at,
    coalesce(failures.consecutive_failures, 0) AS consecutive_failures,
    CASE WHEN failures.consecutive_failures > 0 THEN coalesce(states.latest.error, 'HTTP ' || states.latest.status, 'no answer') END AS last_error,
    states.latest.next_fetch_at AS next_fetch_at,
    states.last_full_at,
    states.last_new_at,
    known.kind,
    states.first_fetched_at,
    states.brought.entries AS entries,
    states.brought.note AS note
FROM known
FULL JOIN states USING (feed_url)
LEFT JOIN failures USING (feed_url);
