-- The emerging topics as they are now; article_ids are those of the view articles, the earliest first.
CREATE OR REPLACE VIEW emerging_topics AS
SELECT * FROM emerging_topics_as_of('infinity');
