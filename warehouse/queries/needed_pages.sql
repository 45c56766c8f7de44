-- Where the pages of current revisions lie in the archive: of all articles, or of the relevant ones alone.
SELECT DISTINCT raw_path
FROM (
    SELECT arg_max(raw_path, revision) AS raw_path, arg_max(relevant, revision) AS relevant
    FROM article_revisions
    GROUP BY article_id
)
WHERE relevant OR NOT $relevant
ORDER BY raw_path
