-- All forms of a digest, so that an edition can be had again byte for byte: JSON, and the parts of its mail (JSON with
-- text, HTML and pictures); and its language, of which a week can have several.
ALTER TABLE digest_versions ADD COLUMN lang VARCHAR DEFAULT 'ja';
ALTER TABLE digest_versions ADD COLUMN json VARCHAR;
ALTER TABLE digest_versions ADD COLUMN mail VARCHAR;
