-- Money in and out: bank accounts, transfers, and the simulated other side.

-- Deposits on their way into a wallet. It changes with them alone, so it stands
-- here and not in the account's row, which changes with every posting.
ALTER TABLE wallets ADD COLUMN pending BIGINT NOT NULL DEFAULT 0;

-- The number is sealed, and gone once the account is removed. So are the
-- amounts of the micro-deposits, until they were told.
CREATE TABLE bank_accounts (
    id KEY,
    scope_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    nickname TEXT,
    bank_name TEXT,
    holder_name TEXT NOT NULL,
    routing_number TEXT NOT NULL,
    account_number BYTES,
    last_four TEXT NOT NULL,
    account_type TEXT NOT NULL,
    micro_deposits BYTES,
    tries_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX bank_accounts_by_scope ON bank_accounts (scope_id, id) WHERE status <> 'REMOVED';
CREATE INDEX bank_accounts_unverified ON bank_accounts (id) WHERE status = 'PENDING';

-- A transfer has the number of its first ledger transaction. `due_at` is when it
-- next needs to be looked at; nothing is due of one that has ended.
CREATE TABLE transfers (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    to_wallet_id BIGINT,
    direction TEXT NOT NULL,
    rail TEXT NOT NULL,
    status TEXT NOT NULL,
    amount BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    currency TEXT NOT NULL,
    bank_account_id BIGINT,
    party TEXT,
    account_number BYTES,
    description TEXT,
    idempotency_key TEXT,
    approval_id BIGINT,
    adapter TEXT,
    external_id TEXT,
    accepted_at BIGINT,
    attempts BIGINT NOT NULL,
    failure_reason TEXT,
    settlement_id BIGINT,
    shortfall BIGINT NOT NULL,
    cancel_asked_at BIGINT,
    cancel_claim BYTES,
    requested_at BIGINT NOT NULL,
    due_at BIGINT,
    deadline_at BIGINT,
    completed_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX transfers_by_scope ON transfers (scope_id, id);
CREATE INDEX transfers_by_wallet ON transfers (wallet_id, id);
CREATE INDEX transfers_received ON transfers (to_wallet_id, id) WHERE to_wallet_id IS NOT NULL;
CREATE INDEX transfers_by_key ON transfers (scope_id, idempotency_key, id) WHERE idempotency_key IS NOT NULL;
CREATE INDEX transfers_due ON transfers (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX transfers_by_hand ON transfers (id) WHERE adapter = 'MANUAL' AND status = 'PROCESSING';
REFUSE transfers DELETE;

-- The other side, as the simulator plays it: what it was told to do under which
-- number, and what it has still to answer.
CREATE TABLE simulated_transfers (
    id KEY,
    status TEXT NOT NULL,
    fault TEXT,
    submissions BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE TABLE simulated_notices (
    id KEY,
    transfer_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    due_at BIGINT NOT NULL
);
CREATE INDEX simulated_notices_due ON simulated_notices (due_at, id);
CREATE INDEX simulated_notices_by_transfer ON simulated_notices (transfer_id, id)
