-- Articles that were found to be copies after they were stored, as judged by a moment.
CREATE OR REPLACE MACRO verdicts_as_of(moment) AS TABLE
SELECT
    article_id,
    arg_max(duplicate_of, verdict_no) AS duplicate_of,
    arg_max(duplicate_kind, verdict_no) AS duplicate_kind
FROM copy_verdicts
WHERE judged_at <= moment::TIMESTAMPTZ
GROUP BY article_id;
