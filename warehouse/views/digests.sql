-- Each week's digest as last written; the Japanese one where there are several languages.
CREATE OR REPLACE VIEW digests AS
SELECT week, created_at, markdown, html, sha256, version, subject, lang, json, run_id
FROM digest_versions
QUALIFY row_number() OVER (PARTITION BY week ORDER BY lang <> 'ja', version DESC) = 1;
