-- What an extractor found in some articles, with the text that it found it in.
SELECT o.*, r.text
FROM before.main.claim_observations AS o
JOIN before.main.article_revisions AS r USING (article_id, revision)
WHERE o.extractor = $extractor
  AND o.article_id IN (SELECT unnest(from_json($articles, '["VARCHAR"]')))
ORDER BY o.article_id, o.revision, o.char_start, o.observation_id
