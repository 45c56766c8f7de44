-- What a digest is called, so that it can be sent again as it was; and how each attempt to deliver it is known.
-- delivery_id makes an attempt that is recorded twice (after a crash) one row.
ALTER TABLE digest_versions ADD COLUMN subject VARCHAR;
ALTER TABLE deliveries ADD COLUMN channel VARCHAR DEFAULT 'mail';
ALTER TABLE deliveries ADD COLUMN sha256 VARCHAR;
ALTER TABLE deliveries ADD COLUMN delivery_id VARCHAR;
