-- What was tried to prove whose an account is, and what rails reported that
-- could not be posted.

-- Wrong tries count for an organization and a number, under whatever ID it is
-- linked: a row stays when the account is removed. The digest is keyed.
CREATE TABLE bank_account_tries (
    organization_id BIGINT NOT NULL,
    number_digest BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    last_wrong_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, number_digest)
) CLUSTERED;
