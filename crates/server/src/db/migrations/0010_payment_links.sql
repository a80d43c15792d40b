-- Payment links: what somebody who has the link may pay into a wallet.

-- Who may pay (JSON lists of numbers and of texts), how often it can be and was paid.
CREATE TABLE payment_links (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    slug TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    uses BIGINT NOT NULL,
    uses_max BIGINT NOT NULL,
    payer_wallets TEXT,
    payer_emails TEXT,
    metadata TEXT,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX payment_links_by_slug ON payment_links (slug);
CREATE INDEX payment_links_by_scope ON payment_links (scope_id, id);
CREATE INDEX payment_links_by_status ON payment_links (scope_id, status, id);
CREATE INDEX payment_links_by_wallet ON payment_links (wallet_id, id);
CREATE INDEX payment_links_of_wallet_by_status ON payment_links (wallet_id, status, id);
CREATE INDEX payment_links_due ON payment_links (expires_at, id) WHERE status = 'ACTIVE' AND expires_at IS NOT NULL;

-- The e-mail address that a payer declared, by the number of the payment.
CREATE TABLE payment_link_payers (
    id KEY,
    payment_link_id BIGINT NOT NULL,
    email TEXT NOT NULL
);
CREATE INDEX payment_link_payers_by_link ON payment_link_payers (payment_link_id, id);
