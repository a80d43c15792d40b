-- What rails reported that is not in the books, and the lists of transfers.

-- What a rail reported that is not in the books. A result that could not be
-- posted is tried again when it is due, and what is told of its transfer
-- meanwhile waits behind it. One that contradicts how its transfer ended is
-- never due: a person has to look.
CREATE TABLE unposted_results (
    id KEY,
    transfer_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    why TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    due_at BIGINT
);
CREATE UNIQUE INDEX unposted_results_by_transfer ON unposted_results (transfer_id, outcome);
CREATE INDEX unposted_results_due ON unposted_results (due_at, id) WHERE due_at IS NOT NULL;

-- Lists by status and by direction, of an organization and of a wallet.
CREATE INDEX transfers_by_status ON transfers (scope_id, status, id);
CREATE INDEX transfers_by_direction ON transfers (scope_id, direction, id);
CREATE INDEX transfers_by_wallet_status ON transfers (wallet_id, status, id);
CREATE INDEX transfers_by_wallet_direction ON transfers (wallet_id, direction, id);
