-- Merchants: who is paid by name, what they were paid, and what everybody moves
-- day by day.

-- `received` is the number of the newest payment. Entries later than
-- `settles_after` are of the time of this settlement wallet.
CREATE TABLE merchants (
    id KEY,
    scope_id BIGINT NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    domain TEXT NOT NULL,
    verified_at BIGINT,
    settlement_wallet_id BIGINT NOT NULL,
    settles_after BIGINT NOT NULL,
    closed_loop TEXT NOT NULL,
    suspended_at BIGINT,
    received BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX merchants_by_scope ON merchants (scope_id);
CREATE UNIQUE INDEX merchants_by_domain ON merchants (environment, domain);
CREATE UNIQUE INDEX merchants_by_wallet ON merchants (settlement_wallet_id);

-- A merchant's payments, numbered from 1 in the order in which they were posted:
-- a page is a range of numbers, and so are the days between two dates.
CREATE TABLE merchant_payments (
    merchant_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    transaction_id BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, number)
) CLUSTERED;

-- Volumes in whole dollars and the rest, as in wallet_days.
CREATE TABLE merchant_days (
    merchant_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    first_number BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    volume BIGINT NOT NULL,
    volume_rest BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, day)
) CLUSTERED;

-- What all wallets of an organization moved in one environment, day by day.
CREATE TABLE scope_days (
    scope_id BIGINT NOT NULL,
    day BIGINT NOT NULL,
    debits BIGINT NOT NULL,
    debits_rest BIGINT NOT NULL,
    credits BIGINT NOT NULL,
    credits_rest BIGINT NOT NULL,
    PRIMARY KEY (scope_id, day)
) CLUSTERED;
INSERT INTO scope_days (scope_id, day, debits, debits_rest, credits, credits_rest)
SELECT w.scope_id, d.day, CAST(SUM(d.debits) AS BIGINT), CAST(SUM(d.debits_rest) AS BIGINT),
    CAST(SUM(d.credits) AS BIGINT), CAST(SUM(d.credits_rest) AS BIGINT)
FROM wallet_days d JOIN wallets w ON w.id = d.wallet_id GROUP BY w.scope_id, d.day
