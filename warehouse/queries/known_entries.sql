-- Which of some addresses any feed has brought before.
SELECT DISTINCT canonical_url FROM entries WHERE canonical_url IN (SELECT unnest(from_json($urls, '["VARCHAR"]')))
