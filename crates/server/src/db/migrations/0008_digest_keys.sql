-- What digests of secrets are made with, sealed with the encryption key: one
-- row. The encryption key can be replaced, digests that are remembered cannot.
CREATE TABLE digest_keys (
    id KEY,
    sealed BYTES NOT NULL
)
