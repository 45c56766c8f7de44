-- Every claim and where it stands now.
CREATE OR REPLACE VIEW claims AS
SELECT * FROM claims_as_of('infinity');
