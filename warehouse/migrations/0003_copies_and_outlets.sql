-- Verdicts on articles that were stored before it was known that they are copies: their original turned up later, or a
-- revision made them one. The newest of an article counts; the revisions stay as they were recorded.
CREATE TABLE copy_verdicts (
    verdict_no BIGINT NOT NULL,
    article_id VARCHAR NOT NULL,
    duplicate_of VARCHAR NOT NULL,
    duplicate_kind VARCHAR NOT NULL,
    judged_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

-- The part of the outlet under which the page puts itself.
ALTER TABLE article_revisions ADD COLUMN section VARCHAR;

-- The other outlet that a sentence names as its source: the claim's witness in place of the one that cites it.
ALTER TABLE claim_observations ADD COLUMN cites VARCHAR;
