-- How some stored articles were last judged to be copies.
SELECT * FROM verdicts_as_of('infinity') WHERE article_id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))
