-- A revision of a relevant article, no copy, that the topics fit badly: the share of its passages that tell one (fit),
-- and its terms.
CREATE TABLE unplaced_articles (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    fit DOUBLE NOT NULL,
    terms VARCHAR[] NOT NULL,
    run_id VARCHAR NOT NULL
);

-- What an emerging topic was from a moment on; a further row when it grows or changes, one without articles when it has
-- fallen apart. state_no counts in order of recording.
CREATE TABLE emerging_states (
    state_no BIGINT NOT NULL,
    emerging_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    terms VARCHAR[] NOT NULL,
    article_ids VARCHAR[] NOT NULL,
    as_of TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);
