-- The base tables. Every one is append-only; what is current is a view over them.
-- No keys and no indexes: the writer adds only what is not there yet.

CREATE TABLE runs (
    run_id VARCHAR NOT NULL,
    flow VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    status VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL,
    sources_polled INTEGER NOT NULL,
    sources_failed INTEGER NOT NULL,
    entries_new INTEGER NOT NULL,
    pages_fetched INTEGER NOT NULL,
    pages_failed INTEGER NOT NULL,
    articles_new INTEGER NOT NULL,
    revisions INTEGER NOT NULL,
    relevant INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    observations INTEGER NOT NULL,
    set_aside INTEGER NOT NULL,
    changes INTEGER NOT NULL
);

-- A feed as the list of feeds has it; a further row where its publisher or kind changes.
CREATE TABLE feeds (
    feed_no BIGINT NOT NULL,
    feed_url VARCHAR NOT NULL,
    publisher VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL
);

-- One request. fetch_no counts in the order of recording, so that the latest of an address is never in doubt.
CREATE TABLE fetches (
    fetch_no BIGINT NOT NULL,
    url VARCHAR NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    reason VARCHAR NOT NULL,
    status INTEGER,
    bytes BIGINT NOT NULL,
    seconds DOUBLE NOT NULL,
    error VARCHAR,
    final_url VARCHAR,
    etag VARCHAR,
    last_modified VARCHAR,
    feed_url VARCHAR,
    canonical_url VARCHAR,
    new_entries INTEGER NOT NULL,
    next_fetch_at TIMESTAMPTZ,
    raw_path VARCHAR,
    run_id VARCHAR NOT NULL
);

-- An item of a feed; the same article in two feeds is two entries.
CREATE TABLE entries (
    entry_id VARCHAR NOT NULL,
    feed_url VARCHAR NOT NULL,
    publisher VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    guid VARCHAR,
    title VARCHAR NOT NULL,
    published_at TIMESTAMPTZ,
    summary VARCHAR NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE article_revisions (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    raw_path VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    feed_url VARCHAR,
    publisher VARCHAR NOT NULL,
    author VARCHAR,
    published_at TIMESTAMPTZ,
    modified_at TIMESTAMPTZ,
    language VARCHAR NOT NULL,
    relevant BOOLEAN NOT NULL,
    partial BOOLEAN NOT NULL,
    paywalled BOOLEAN NOT NULL,
    entry_url VARCHAR,
    declared_original VARCHAR,
    duplicate_of VARCHAR,
    duplicate_kind VARCHAR,
    correction BOOLEAN NOT NULL,
    run_id VARCHAR NOT NULL
);

-- The topics of every revision; article_topics shows the newest revision's.
CREATE TABLE revision_topics (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    topic VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    terms VARCHAR[] NOT NULL,
    run_id VARCHAR NOT NULL
);

-- MinHash bands: two texts that share a hash at one band may be copies.
CREATE TABLE signatures (
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    scheme VARCHAR NOT NULL,
    band INTEGER NOT NULL,
    hash BIGINT NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE claim_observations (
    observation_id VARCHAR NOT NULL,
    claim_id VARCHAR NOT NULL,
    article_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    qualifiers JSON NOT NULL,
    value_low DOUBLE,
    value_high DOUBLE,
    approximate BOOLEAN NOT NULL,
    unit VARCHAR,
    value_text VARCHAR,
    value_from DATE,
    value_to DATE,
    past BOOLEAN NOT NULL,
    modality VARCHAR NOT NULL,
    polarity VARCHAR NOT NULL,
    attribution VARCHAR,
    sentence VARCHAR NOT NULL,
    char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL,
    published_at TIMESTAMPTZ,
    seen_at TIMESTAMPTZ NOT NULL,
    confidence DOUBLE NOT NULL,
    extractor VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE claim_changes (
    change_id VARCHAR NOT NULL,
    claim_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    week VARCHAR NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    observation_id VARCHAR NOT NULL,
    previous_observation_id VARCHAR,
    run_id VARCHAR NOT NULL
);

-- Where a claim stood from a moment on; a further row when that becomes different. state_no counts in order of recording.
CREATE TABLE claim_states (
    state_no BIGINT NOT NULL,
    claim_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    qualifiers JSON NOT NULL,
    statement_ja VARCHAR NOT NULL,
    statement_en VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    value_low DOUBLE,
    value_high DOUBLE,
    approximate BOOLEAN NOT NULL,
    unit VARCHAR,
    value_text VARCHAR,
    value_from DATE,
    value_to DATE,
    as_of TIMESTAMPTZ NOT NULL,
    observation_id VARCHAR,
    run_id VARCHAR NOT NULL
);

-- The baseline as it was loaded; a changed baseline is a further edition, whole.
CREATE TABLE baseline_claims (
    edition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    claim_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    qualifiers JSON NOT NULL,
    value_low DOUBLE,
    value_high DOUBLE,
    approximate BOOLEAN NOT NULL,
    unit VARCHAR,
    value_text VARCHAR,
    value_from DATE,
    value_to DATE,
    source VARCHAR,
    past BOOLEAN NOT NULL,
    polarity VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE digest_versions (
    week VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    markdown VARCHAR NOT NULL,
    html VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL
);

CREATE TABLE deliveries (
    week VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL,
    status VARCHAR NOT NULL,
    error VARCHAR,
    run_id VARCHAR NOT NULL
);
