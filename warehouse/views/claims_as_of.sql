-- The claims as they were known at a moment: what runs up to then had seen, and nothing of later.
-- Independent outlets are those that affirm a claim in the newest revision of an article that is no copy; where a
-- sentence names another outlet as its source, that one; where a portal republishes, the outlet that it names.
CREATE OR REPLACE MACRO claims_as_of(moment) AS TABLE
WITH newest AS (
    SELECT article_id, max(revision) AS revision
    FROM article_revisions
    WHERE seen_at <= moment::TIMESTAMPTZ
    GROUP BY article_id
),
originals AS (
    SELECT article_id, revision, coalesce(origin, publisher) AS publisher
    FROM article_revisions
    JOIN newest USING (article_id, revision)
    ANTI JOIN verdicts_as_of(moment) USING (article_id)
    WHERE duplicate_of IS NULL
),
witnesses AS (
    SELECT o.claim_id, count(DISTINCT coalesce(o.cites, originals.publisher)) AS publishers
    FROM claim_observations AS o
    JOIN originals USING (article_id, revision)
    WHERE o.polarity = 'affirmed'
    GROUP BY o.claim_id
),
sightings AS (
    SELECT claim_id, min(seen_at) AS first_seen_at, max(seen_at) AS last_seen_at
    FROM claim_observations
    WHERE seen_at <= moment::TIMESTAMPTZ
    GROUP BY claim_id
),
states AS (
    SELECT unnest(arg_max(s, s.state_no))
    FROM claim_states AS s
    WHERE s.as_of <= moment::TIMESTAMPTZ
    GROUP BY s.claim_id
),
baseline AS (
    SELECT unnest(arg_min(b, b.position))
    FROM baseline_claims AS b
    WHERE b.edition = (SELECT max(edition) FROM baseline_claims)
    GROUP BY b.claim_id
),
standing AS (
    SELECT
        claim_id, subject, attribute, qualifiers, statement_ja, statement_en, status,
        value_low, value_high, approximate, unit, value_text, value_from, value_to, as_of, observation_id, run_id
    FROM states
    UNION ALL
    SELECT
        claim_id, subject, attribute, qualifiers, NULL, NULL, 'held',
        value_low, value_high, approximate, unit, value_text, value_from, value_to, NULL, NULL, run_id
    FROM baseline
    WHERE claim_id NOT IN (SELECT claim_id FROM states)
)
SELECT
    standing.claim_id,
    standing.subject,
    standing.attribute,
    standing.qualifiers,
    standing.statement_ja,
    standing.statement_en,
    standing.status,
    standing.value_low,
    standing.value_high,
    standing.unit,
    standing.value_text,
    standing.value_from,
    standing.value_to,
    coalesce(witnesses.publishers, 0) AS publishers,
    sightings.first_seen_at,
    sightings.last_seen_at,
    standing.approximate,
    standing.as_of,
    standing.observation_id,
    standing.run_id
FROM standing
LEFT JOIN witnesses USING (claim_id)
LEFT JOIN sightings USING (claim_id);
