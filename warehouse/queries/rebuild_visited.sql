-- What is known by now of the articles at some addresses, as a visit takes it for the page's where that says nothing.
SELECT canonical_url, unnest(arg_max(
    {'publisher': publisher, 'title': title, 'published_at': published_at}, (seen_at, revision)
))
FROM (SELECT *, coalesce(entry_url, url) AS canonical_url FROM article_revisions)
WHERE canonical_url IN (SELECT unnest(from_json($urls, '["VARCHAR"]')))
GROUP BY canonical_url
