-- The control plane: agents, deciding approvals, the agent network, delegations.

-- An agent is a wallet of type AGENT and its current key.
ALTER TABLE wallets ADD COLUMN agent_key_id BIGINT;
CREATE INDEX wallets_agents ON wallets (scope_id, id) WHERE type = 'AGENT' AND status <> 'CLOSED';

-- The wallet of a key that is scoped to a single one.
ALTER TABLE api_keys ADD COLUMN only_wallet_id BIGINT;
CREATE INDEX api_keys_by_wallet ON api_keys (only_wallet_id) WHERE only_wallet_id IS NOT NULL;

-- Null is the ledger itself.
ALTER TABLE transactions ADD COLUMN rail TEXT;

CREATE INDEX approvals_by_wallet ON approvals (wallet_id, id);
CREATE INDEX approvals_waiting ON approvals (scope_id, id) WHERE status = 'PENDING';
CREATE INDEX approvals_waiting_by_wallet ON approvals (wallet_id, id) WHERE status = 'PENDING';

-- The words that discoverable wallets are found by, folded, as bytes so that
-- every store orders them alike; the empty word stands for all wallets. `newest`
-- is the wallet's number below zero, so that newer wallets come first.
CREATE TABLE directory_words (
    environment TEXT NOT NULL,
    word BYTES NOT NULL,
    newest BIGINT NOT NULL,
    PRIMARY KEY (environment, word, newest)
) CLUSTERED;
CREATE INDEX directory_words_by_wallet ON directory_words (newest, word);

-- Rights on wallets, lent to an organization or to one of its keys.
CREATE TABLE delegations (
    id KEY,
    scope_id BIGINT NOT NULL,
    grantee_scope_id BIGINT NOT NULL,
    grantee_key_id BIGINT,
    permissions BIGINT NOT NULL,
    wallets TEXT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    ended_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX delegations_granted ON delegations (scope_id, id);
CREATE INDEX delegations_received ON delegations (grantee_scope_id, id);
CREATE INDEX delegations_ending ON delegations (expires_at) WHERE ended_at IS NULL AND expires_at IS NOT NULL;

-- The wallets of each delegation.
CREATE TABLE delegated_wallets (
    wallet_id BIGINT NOT NULL,
    delegation_id BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (wallet_id, delegation_id)
) CLUSTERED;
CREATE INDEX delegated_wallets_active ON delegated_wallets (wallet_id) WHERE ended_at IS NULL
