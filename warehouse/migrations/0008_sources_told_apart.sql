-- What a feed brought and what was wrong with it; the outlet that a portal took an article from.
ALTER TABLE fetches ADD COLUMN entries INTEGER;
ALTER TABLE fetches ADD COLUMN note VARCHAR;
ALTER TABLE article_revisions ADD COLUMN origin VARCHAR;
