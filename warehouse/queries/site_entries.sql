-- What some week's changes said, for the search: of a claim's changes in the week each with its sentence.
SELECT
    c.claim_id, c.kind, c.changed_at, o.subject, o.attribute, o.qualifiers, o.value_low, o.value_high, o.approximate,
    o.unit, o.value_text, o.value_from, o.value_to, o.sentence, r.publisher
FROM claim_changes AS c
JOIN claim_observations AS o ON o.observation_id = c.observation_id
JOIN article_revisions AS r ON r.article_id = o.article_id AND r.revision = o.revision
WHERE c.week = $week
ORDER BY c.changed_at, c.change_id
