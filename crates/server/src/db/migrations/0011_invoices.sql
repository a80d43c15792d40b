-- Customers, what they are billed, and what they are charged.

-- One that was deleted stays: invoices say whom they were for.
CREATE TABLE customers (
    id KEY,
    scope_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    name TEXT,
    phone TEXT,
    company_name TEXT,
    metadata TEXT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX customers_by_scope ON customers (scope_id, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX customers_by_email ON customers (scope_id, email) WHERE deleted_at IS NULL;

-- What may be shown of a card or a bank account. Its number is never known here.
CREATE TABLE payment_methods (
    id KEY,
    customer_id BIGINT NOT NULL,
    type TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL,
    expiry_month BIGINT,
    expiry_year BIGINT,
    removed_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX payment_methods_by_customer ON payment_methods (customer_id, id)
    WHERE removed_at IS NULL;

-- Pages on which customers save a payment method, each once.
CREATE TABLE setup_sessions (
    id KEY,
    customer_id BIGINT NOT NULL,
    token TEXT NOT NULL,
    return_url TEXT,
    used_at BIGINT,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX setup_sessions_by_token ON setup_sessions (token);
CREATE INDEX setup_sessions_by_customer ON setup_sessions (customer_id, expires_at);

CREATE TABLE invoices (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    line_items TEXT NOT NULL,
    total BIGINT NOT NULL,
    memo TEXT,
    due_at BIGINT,
    slug TEXT,
    usdc_address TEXT,
    payment_id BIGINT,
    refunded BIGINT NOT NULL,
    metadata TEXT,
    paid_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX invoices_by_scope ON invoices (scope_id, id);
CREATE INDEX invoices_by_status ON invoices (scope_id, status, id);
CREATE INDEX invoices_by_wallet ON invoices (wallet_id, id);
CREATE INDEX invoices_of_wallet_by_status ON invoices (wallet_id, status, id);
CREATE INDEX invoices_by_customer ON invoices (customer_id, id);
CREATE UNIQUE INDEX invoices_by_slug ON invoices (slug) WHERE slug IS NOT NULL;
CREATE UNIQUE INDEX invoices_by_usdc_address ON invoices (usdc_address)
    WHERE usdc_address IS NOT NULL;
REFUSE invoices DELETE;

-- Each attempt to charge a saved payment method for an invoice. Those of a charge
-- that repeats say for which of its occurrences they were, and the how manieth.
CREATE TABLE charges (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    invoice_id BIGINT NOT NULL,
    payment_method_id BIGINT,
    status TEXT NOT NULL,
    failure_reason TEXT,
    amount BIGINT NOT NULL,
    payment_id BIGINT,
    recurring_id BIGINT,
    occurrence BIGINT,
    attempt BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX charges_by_invoice ON charges (invoice_id, id);
CREATE UNIQUE INDEX charges_recurring ON charges (recurring_id, occurrence, attempt)
    WHERE recurring_id IS NOT NULL;
REFUSE charges UPDATE DELETE;

-- Charges that repeat, each under the number of its first. Nothing is due of one
-- that was cancelled.
CREATE TABLE recurring_charges (
    id KEY,
    scope_id BIGINT NOT NULL,
    wallet_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    recurrence TEXT NOT NULL,
    amount BIGINT NOT NULL,
    description TEXT,
    occurrences BIGINT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX recurring_charges_by_scope ON recurring_charges (scope_id, id)
    WHERE due_at IS NOT NULL;
CREATE INDEX recurring_charges_by_wallet ON recurring_charges (wallet_id, id)
    WHERE due_at IS NOT NULL;
CREATE INDEX recurring_charges_by_customer ON recurring_charges (customer_id, id)
    WHERE due_at IS NOT NULL;
CREATE INDEX recurring_charges_due ON recurring_charges (due_at, id) WHERE due_at IS NOT NULL;

-- Invoices of charges that repeat, when the last attempt failed and there is to be
-- another.
CREATE TABLE charge_retries (
    id KEY,
    recurring_id BIGINT NOT NULL,
    occurrence BIGINT NOT NULL,
    retries BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX charge_retries_due ON charge_retries (due_at, id)
