-- What differs between the warehouse that is attached as `before` and this one, with the first few of each kind: articles
-- at their newest revision, where claims stand, and the changes by what they are about (their ids follow from places in
-- texts, and so do not compare).
WITH old_verdicts AS (
    SELECT article_id, arg_max(duplicate_of, verdict_no) AS original FROM before.main.copy_verdicts GROUP BY article_id
),
new_verdicts AS (
    SELECT article_id, arg_max(duplicate_of, verdict_no) AS original FROM copy_verdicts GROUP BY article_id
),
old_topics AS (
    SELECT article_id, revision, string_agg(topic, ' ' ORDER BY topic) AS topics
    FROM before.main.revision_topics
    GROUP BY ALL
),
new_topics AS (
    SELECT article_id, revision, string_agg(topic, ' ' ORDER BY topic) AS topics FROM revision_topics GROUP BY ALL
),
old_articles AS (
    SELECT
        r.article_id, r.url, r.revision, r.title, r.author, r.published_at, r.language, r.relevant,
        hash(r.text) AS text_hash, length(r.text) AS characters, coalesce(v.original, r.duplicate_of) AS copy_of, t.topics
    FROM before.main.article_revisions AS r
    JOIN (SELECT article_id, max(revision) AS revision FROM before.main.article_revisions GROUP BY article_id)
        USING (article_id, revision)
    LEFT JOIN old_verdicts AS v USING (article_id)
    LEFT JOIN old_topics AS t USING (article_id, revision)
),
new_articles AS (
    SELECT
        r.article_id, r.url, r.revision, r.title, r.author, r.published_at, r.language, r.relevant,
        hash(r.text) AS text_hash, length(r.text) AS characters, coalesce(v.original, r.duplicate_of) AS copy_of, t.topics
    FROM article_revisions AS r
    JOIN (SELECT article_id, max(revision) AS revision FROM article_revisions GROUP BY article_id)
        USING (article_id, revision)
    LEFT JOIN new_verdicts AS v USING (article_id)
    LEFT JOIN new_topics AS t USING (article_id, revision)
),
both_articles AS (
    SELECT o AS old, n AS new, coalesce(n.url, o.url) AS url
    FROM old_articles AS o
    FULL JOIN new_articles AS n USING (article_id)
),
changed_articles AS (
    SELECT url, old, new FROM both_articles WHERE old.article_id IS NOT NULL AND new.article_id IS NOT NULL
),
old_claims AS (
    SELECT unnest(arg_max(s, s.state_no)) FROM before.main.claim_states AS s GROUP BY s.claim_id
),
new_claims AS (
    SELECT unnest(arg_max(s, s.state_no)) FROM claim_states AS s GROUP BY s.claim_id
),
both_claims AS (
    SELECT
        coalesce(n.statement_ja, o.statement_ja) AS statement,
        o.claim_id IS NOT NULL AS was,
        n.claim_id IS NOT NULL AS is_now,
        concat_ws(' ', o.status, o.value_low, o.value_high, o.unit, o.value_text, o.value_from, o.value_to) AS before_now,
        concat_ws(' ', n.status, n.value_low, n.value_high, n.unit, n.value_text, n.value_from, n.value_to) AS after_all
    FROM old_claims AS o
    FULL JOIN new_claims AS n USING (claim_id)
),
old_changes AS (
    SELECT c.claim_id, c.kind, c.week, o.article_id
    FROM before.main.claim_changes AS c
    JOIN before.main.claim_observations AS o USING (observation_id)
),
new_changes AS (
    SELECT c.claim_id, c.kind, c.week, o.article_id
    FROM claim_changes AS c
    JOIN claim_observations AS o USING (observation_id)
),
changes AS (
    SELECT 'changes that are gone' AS what, * FROM (SELECT * FROM old_changes EXCEPT ALL SELECT * FROM new_changes)
    UNION ALL
    SELECT 'changes that are new' AS what, * FROM (SELECT * FROM new_changes EXCEPT ALL SELECT * FROM old_changes)
),
old_emerging AS (
    SELECT unnest(arg_max(s, s.state_no)) FROM before.main.emerging_states AS s GROUP BY s.emerging_id
),
new_emerging AS (
    SELECT unnest(arg_max(s, s.state_no)) FROM emerging_states AS s GROUP BY s.emerging_id
),
emerging AS (
    SELECT
        coalesce(n.name, o.name) AS name,
        CASE WHEN len(o.article_ids) > 0 THEN len(o.article_ids) || ' articles' END AS old,
        CASE WHEN len(n.article_ids) > 0 THEN len(n.article_ids) || ' articles' END AS new
    FROM old_emerging AS o
    FULL JOIN new_emerging AS n USING (emerging_id)
),
statements AS (
    SELECT claim_id, statement_ja FROM new_claims
    UNION ALL
    SELECT claim_id, statement_ja FROM old_claims WHERE claim_id NOT IN (SELECT claim_id FROM new_claims)
),
differences AS (
    SELECT 1 AS place, 'articles that are gone' AS what, url AS about, NULL AS old, NULL AS new
    FROM both_articles WHERE new.article_id IS NULL
    UNION ALL
    SELECT 2, 'articles that are new', url, NULL, NULL FROM both_articles WHERE old.article_id IS NULL
    UNION ALL
    SELECT 3, 'text', url, old.characters || ' characters', new.characters || ' characters'
    FROM changed_articles WHERE old.text_hash <> new.text_hash
    UNION ALL
    SELECT 4, 'title', url, old.title, new.title FROM changed_articles WHERE old.title <> new.title
    UNION ALL
    SELECT 5, 'author', url, old.author, new.author FROM changed_articles WHERE old.author IS DISTINCT FROM new.author
    UNION ALL
    SELECT 6, 'published', url, old.published_at::VARCHAR, new.published_at::VARCHAR
    FROM changed_articles WHERE old.published_at IS DISTINCT FROM new.published_at
    UNION ALL
    SELECT 7, 'language', url, old.language, new.language FROM changed_articles WHERE old.language <> new.language
    UNION ALL
    SELECT 8, 'relevant', url, old.relevant::VARCHAR, new.relevant::VARCHAR
    FROM changed_articles WHERE old.relevant <> new.relevant
    UNION ALL
    SELECT 9, 'copy of', c.url, coalesce(a.url, (c.old).copy_of), coalesce(b.url, c.new.copy_of)
    FROM changed_articles AS c
    LEFT JOIN old_articles AS a ON a.article_id = c.old.copy_of
    LEFT JOIN new_articles AS b ON b.article_id = c.new.copy_of
    WHERE c.old.copy_of IS DISTINCT FROM c.new.copy_of
    UNION ALL
    SELECT 10, 'topics', url, old.topics, new.topics FROM changed_articles WHERE old.topics IS DISTINCT FROM new.topics
    UNION ALL
    SELECT 11, 'revisions', url, old.revision::VARCHAR, new.revision::VARCHAR
    FROM changed_articles WHERE old.revision <> new.revision
    UNION ALL
    SELECT 12, 'claims that are gone', statement, before_now, NULL FROM both_claims WHERE NOT is_now
    UNION ALL
    SELECT 13, 'claims that are new', statement, NULL, after_all FROM both_claims WHERE NOT was
    UNION ALL
    SELECT 14, 'claims that stand otherwise', statement, before_now, after_all
    FROM both_claims WHERE was AND is_now AND before_now <> after_all
    UNION ALL
    SELECT
        CASE what WHEN 'changes that are gone' THEN 15 ELSE 16 END, what, s.statement_ja,
        CASE what WHEN 'changes that are gone' THEN c.kind || ' ' || c.week END,
        CASE what WHEN 'changes that are new' THEN c.kind || ' ' || c.week END
    FROM changes AS c
    LEFT JOIN statements AS s USING (claim_id)
    UNION ALL
    SELECT 17, 'emerging topics', name, old, new FROM emerging WHERE old IS DISTINCT FROM new
)
SELECT what, count, about, old, new
FROM (
    SELECT
        place, what, about, old, new,
        count(*) OVER (PARTITION BY what) AS count,
        row_number() OVER (PARTITION BY what ORDER BY about, old, new) AS number
    FROM differences
)
WHERE number <= $few
ORDER BY place, number
