-- A week's digest with a certain content, as it was first written.
SELECT week, subject, markdown, html, sha256, lang, json, mail
FROM digest_versions
WHERE week = $week AND sha256 = $sha256
ORDER BY version
LIMIT 1
