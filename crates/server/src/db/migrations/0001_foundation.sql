-- The money path: organizations, keys, wallets, policies, ledger, payments.
--
-- Amounts are 10^-8 units, times are microseconds since 1970 UTC, documents are
-- JSON text. Identifiers are ascending numbers (crates/core/src/id.rs).

-- One row: who writes, and how far time and identifiers have come.
CREATE TABLE writer (
    id KEY,
    fence BIGINT NOT NULL,
    holder TEXT NOT NULL,
    leased_until BIGINT NOT NULL,
    last_time BIGINT NOT NULL,
    last_key BIGINT NOT NULL
);
INSERT INTO writer (id, fence, holder, leased_until, last_time, last_key) VALUES (1, 0, '', 0, 0, 0);

CREATE TABLE organizations (
    id KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    plan TEXT NOT NULL,
    org_type TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE members (
    id KEY,
    organization_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX members_by_organization ON members (organization_id, id);

-- An organization in one environment: the unit of isolation.
CREATE TABLE scopes (
    id KEY,
    organization_id BIGINT NOT NULL,
    environment TEXT NOT NULL,
    org_wallet_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL
);
CREATE UNIQUE INDEX scopes_by_organization ON scopes (organization_id, environment);

CREATE TABLE api_keys (
    id KEY,
    organization_id BIGINT NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_hash BYTES NOT NULL,
    permissions BIGINT NOT NULL,
    wallet_scope TEXT,
    allowed_ips TEXT,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX api_keys_by_secret ON api_keys (secret_hash);
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);

CREATE TABLE wallets (
    id KEY,
    scope_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    name TEXT NOT NULL,
    agent_name TEXT,
    metadata TEXT,
    discoverable TEXT NOT NULL,
    sandbox_funded BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX wallets_by_scope ON wallets (scope_id, id);

-- A wallet's account has the wallet's number. Narrow rows: they change with
-- every posting.
CREATE TABLE accounts (
    id KEY,
    scope_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    posted BIGINT NOT NULL,
    held BIGINT NOT NULL,
    last_entry_id BIGINT NOT NULL,
    last_payment_id BIGINT NOT NULL
);
CREATE INDEX system_accounts ON accounts (scope_id, kind) WHERE kind <> 'WALLET';

-- Every ledger transaction; a payment is one of them. Each remembers the
-- payment before it of both its wallets, so a wallet's payments are a chain
-- and need no index.
CREATE TABLE transactions (
    id KEY,
    scope_id BIGINT NOT NULL,
    to_scope_id BIGINT,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    from_wallet_id BIGINT,
    to_wallet_id BIGINT,
    amount BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    balance_after BIGINT,
    available_after BIGINT,
    reversed_amount BIGINT NOT NULL,
    description TEXT,
    idempotency_key TEXT,
    batch_id BIGINT,
    approval_id BIGINT,
    related_id BIGINT,
    previous_from_id BIGINT NOT NULL,
    previous_to_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX transactions_by_scope ON transactions (scope_id, id);
CREATE INDEX transactions_received ON transactions (to_scope_id, id) WHERE to_scope_id IS NOT NULL;
CREATE INDEX transactions_unusual ON transactions (scope_id, status, id) WHERE status <> 'POSTED';
CREATE INDEX transactions_unusual_received ON transactions (to_scope_id, status, id) WHERE to_scope_id IS NOT NULL AND status <> 'POSTED';
REFUSE transactions DELETE;

-- Credits are positive, debits negative. Each entry remembers the one before it
-- in its account.
CREATE TABLE entries (
    id KEY,
    transaction_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    previous_id BIGINT NOT NULL
);
REFUSE entries UPDATE DELETE;

-- What wallets moved, day by day: debits and credits in whole dollars and the
-- rest, because a day's turnover may be larger than any balance. Spending counts
-- against policies; it is what was sent at the wallet's initiative, held amounts
-- included, fees excluded.
CREATE TABLE wallet_days (
    day BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    debits BIGINT NOT NULL,
    debits_rest BIGINT NOT NULL,
    credits BIGINT NOT NULL,
    credits_rest BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    spent_count BIGINT NOT NULL,
    PRIMARY KEY (day, wallet_id)
) CLUSTERED;

CREATE TABLE holds (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    reference_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX holds_by_wallet ON holds (wallet_id, id);

CREATE TABLE policies (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    rules TEXT NOT NULL,
    disabled_at BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX policies_by_wallet ON policies (wallet_id, id);

CREATE TABLE policy_evaluations (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    decision TEXT NOT NULL,
    amount BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    violations TEXT NOT NULL,
    repeats BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX policy_evaluations_by_wallet ON policy_evaluations (wallet_id, id);

CREATE TABLE approvals (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    policy_id BIGINT NOT NULL,
    transaction_id BIGINT NOT NULL,
    hold_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    requested_by BIGINT NOT NULL,
    decided_by BIGINT,
    decided_at BIGINT,
    reason TEXT,
    spent_day BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX approvals_by_scope ON approvals (scope_id, id);
CREATE INDEX approvals_pending ON approvals (expires_at) WHERE status = 'PENDING';

-- One row for each committed change: events and audit entries are rendered
-- from it. A change that makes several events takes as many numbers.
CREATE TABLE changes (
    scope_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    wallet_id BIGINT,
    actor_id BIGINT,
    ip_address TEXT,
    request_id TEXT,
    data TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope_id, sequence)
) CLUSTERED;
REFUSE changes UPDATE DELETE;

-- The hash begins with organization, environment and key, and ends with route
-- and wallet scope, so that all uses of one key stand together.
CREATE TABLE idempotency (
    hash BYTES NOT NULL PRIMARY KEY,
    fingerprint BIGINT NOT NULL,
    status BIGINT NOT NULL,
    resource_id BIGINT NOT NULL,
    answer_id BIGINT
) CLUSTERED;

-- Answers that cannot be rendered again from their payment.
CREATE TABLE answers (
    id KEY,
    hash BYTES NOT NULL,
    resource TEXT,
    body BYTES NOT NULL,
    sealed BYTES,
    sealed_until BIGINT,
    expires_at BIGINT
);
CREATE INDEX answers_expiring ON answers (expires_at) WHERE expires_at IS NOT NULL
