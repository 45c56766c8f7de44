-- What each revision changed: the paragraphs that it has and the one before has not, and the other way round.
CREATE OR REPLACE VIEW revision_changes AS
WITH states AS (
    SELECT
        *,
        lag(title) OVER earlier AS title_before,
        lag(string_split(text, chr(10))) OVER earlier AS paragraphs_before,
        string_split(text, chr(10)) AS paragraphs
    FROM article_revisions
    WINDOW earlier AS (PARTITION BY article_id ORDER BY revision)
)
SELECT
    article_id,
    revision,
    url,
    publisher,
    seen_at,
    title_before,
    title,
    list_filter(paragraphs, lambda line: NOT list_contains(paragraphs_before, line)) AS added,
    list_filter(paragraphs_before, lambda line: NOT list_contains(paragraphs, line)) AS removed,
    correction,
    run_id
FROM states
WHERE revision > 1;
