-- What was recorded of one revision of an article.
SELECT * FROM claim_observations
WHERE article_id = $article AND revision = $revision
ORDER BY char_start, observation_id
