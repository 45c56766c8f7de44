-- A week's digest in a language as last written, and whether that edition was sent.
WITH latest AS (
    SELECT *
    FROM digest_versions
    WHERE week = $week AND lang = $lang
    ORDER BY version DESC
    LIMIT 1
)
SELECT
    week, version, created_at, subject, markdown, html, sha256, lang, json, mail,
    EXISTS (
        SELECT 1
        FROM deliveries AS d
        WHERE d.week = latest.week AND d.status IN ('sent', 'unclear') AND coalesce(d.sha256, latest.sha256) = latest.sha256
    ) AS sent
FROM latest
