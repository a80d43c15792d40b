-- Webhooks: who is told of events, and what could not be told yet.

CREATE TABLE webhooks (
    id KEY,
    scope_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    description TEXT,
    secret BYTES NOT NULL,
    old_secret BYTES,
    old_secret_until BIGINT,
    disabled_at BIGINT,
    disabled_reason TEXT,
    failing_since BIGINT,
    position BIGINT NOT NULL,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_scope ON webhooks (scope_id, id) WHERE deleted_at IS NULL;

-- Events whose delivery failed: tried again at a time, or dead. Those in
-- between the position and the newest event need no row.
CREATE TABLE webhook_failures (
    id KEY,
    webhook_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_attempt_at BIGINT NOT NULL,
    next_attempt_at BIGINT,
    last_error TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX webhook_failures_by_event ON webhook_failures (webhook_id, sequence);
CREATE INDEX webhook_failures_due ON webhook_failures (webhook_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- The last attempts of each endpoint.
CREATE TABLE webhook_attempts (
    id KEY,
    webhook_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    status_code BIGINT,
    duration_ms BIGINT NOT NULL,
    error TEXT,
    response TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhook_attempts_by_webhook ON webhook_attempts (webhook_id, id)
