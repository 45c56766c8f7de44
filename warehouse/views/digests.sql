-- Each week's digest as last written.
CREATE OR REPLACE VIEW digests AS
SELECT week, created_at, markdown, html, sha256, version, subject, run_id
FROM digest_versions
JOIN (SELECT week, max(version) AS version FROM digest_versions GROUP BY week) USING (week, version);
