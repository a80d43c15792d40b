-- Cards: whom they are issued to, what they authorized, what they spent.

CREATE TABLE cardholders (
    id KEY,
    scope_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    email TEXT,
    phone TEXT,
    billing_address TEXT,
    birth_date TEXT,
    created_at BIGINT NOT NULL
);

-- Number and security code are sealed.
CREATE TABLE cards (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    cardholder_id BIGINT,
    cardholder_name TEXT,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    number BYTES NOT NULL,
    security_code BYTES NOT NULL,
    last4 TEXT NOT NULL,
    brand TEXT NOT NULL,
    expiry_month BIGINT NOT NULL,
    expiry_year BIGINT NOT NULL,
    spending_limits TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX cards_by_scope ON cards (scope_id, id);
CREATE INDEX cards_by_wallet ON cards (wallet_id, id);
CREATE INDEX cards_usable ON cards (wallet_id) WHERE status <> 'CANCELLED';

-- What was approved is held, captured or released; what was captured may be
-- refunded. Declined ones hold nothing.
CREATE TABLE card_authorizations (
    id KEY,
    scope_id BIGINT NOT NULL,
    card_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    amount BIGINT NOT NULL,
    held BIGINT NOT NULL,
    captured BIGINT NOT NULL,
    released BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    category TEXT NOT NULL,
    merchant TEXT NOT NULL,
    decline_reason TEXT,
    decline_message TEXT,
    hold_id BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    updated_at BIGINT NOT NULL
);
CREATE INDEX card_authorizations_by_card ON card_authorizations (card_id, id);
CREATE INDEX card_authorizations_open ON card_authorizations (card_id) WHERE held > 0;
CREATE INDEX card_authorizations_ending ON card_authorizations (expires_at) WHERE held > 0;

-- The ledger transactions of each authorization: captures above zero, refunds
-- below.
CREATE TABLE card_postings (
    id KEY,
    authorization_id BIGINT NOT NULL,
    amount BIGINT NOT NULL
);
CREATE INDEX card_postings_by_authorization ON card_postings (authorization_id, id);

-- What counts against a card's limits, over the days from `starts` to before
-- `ends`, in one category; the empty one stands for all.
CREATE TABLE card_spending (
    card_id BIGINT NOT NULL,
    category TEXT NOT NULL,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (card_id, category, starts, ends)
) CLUSTERED;

-- Books that owe the card network, or are owed by it, and when that is paid.
CREATE TABLE card_settlements_due (
    id KEY,
    due_at BIGINT NOT NULL
);
CREATE INDEX card_settlements_due_at ON card_settlements_due (due_at)
