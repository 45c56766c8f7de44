-- The emerging topics as they were known at a moment: groups of articles that no topic fits, named by their own terms.
CREATE OR REPLACE MACRO emerging_topics_as_of(moment) AS TABLE
WITH states AS (
    SELECT unnest(arg_max(s, s.state_no))
    FROM emerging_states AS s
    WHERE s.as_of <= moment::TIMESTAMPTZ
    GROUP BY s.emerging_id
),
members AS (
    SELECT emerging_id, unnest(article_ids) AS article_id FROM states
),
seen AS (
    SELECT article_id, arg_max(publisher, revision) AS publisher, min(seen_at) AS first_seen_at
    FROM article_revisions
    WHERE article_id IN (SELECT article_id FROM members) AND seen_at <= moment::TIMESTAMPTZ
    GROUP BY article_id
),
figures AS (
    SELECT
        emerging_id,
        count(*) AS articles,
        count(DISTINCT publisher) AS publishers,
        min(seen.first_seen_at) AS first_seen_at,
        max(seen.first_seen_at) AS last_seen_at
    FROM members
    JOIN seen USING (article_id)
    GROUP BY emerging_id
)
SELECT
    emerging_id,
    states.name,
    states.terms,
    figures.articles,
    figures.publishers,
    figures.first_seen_at,
    figures.last_seen_at,
    states.article_ids,
    states.as_of,
    states.run_id
FROM states
JOIN figures USING (emerging_id);
