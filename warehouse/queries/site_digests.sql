-- All weeks' digests as last written, without their texts, the newest first.
SELECT week, subject, sha256, lang, min(first_at) AS published_at, any_value(created_at) AS updated_at
FROM (
    SELECT d.week, d.subject, d.sha256, d.lang, d.created_at, v.created_at AS first_at
    FROM digests AS d
    JOIN digest_versions AS v USING (week)
)
GROUP BY week, subject, sha256, lang
ORDER BY week DESC
