-- The claims of each topic that changed last, and how many the topic has in all.
WITH topics AS (
    SELECT unnest(from_json($topics, '[{"attribute": "VARCHAR", "topic": "VARCHAR"}]'), recursive := true)
),
moved AS (
    SELECT claim_id, max(changed_at) AS changed_at FROM claim_changes WHERE kind <> 'corroborated' GROUP BY claim_id
),
states AS (
    SELECT unnest(arg_max(s, s.state_no)) FROM claim_states AS s GROUP BY s.claim_id
),
ranked AS (
    SELECT
        states.*, moved.changed_at, coalesce(topics.topic, '') AS topic,
        row_number() OVER (PARTITION BY coalesce(topics.topic, '') ORDER BY moved.changed_at DESC, states.claim_id) AS rank,
        count(*) OVER (PARTITION BY coalesce(topics.topic, '')) AS claims
    FROM states
    JOIN moved ON moved.claim_id = states.claim_id
    LEFT JOIN topics ON topics.attribute = states.attribute
)
SELECT
    topic, claims, claim_id, changed_at, subject, attribute, qualifiers, status,
    value_low, value_high, approximate, unit, value_text, value_from, value_to
FROM ranked
WHERE rank <= $most
ORDER BY topic, rank
