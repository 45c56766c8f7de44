-- A week's digest as last written.
SELECT week, version, created_at, markdown, html, sha256
FROM digests
WHERE week = $week
