// Values that mean the same wherever they appear.

/** Where a key and all it touches live: `wg_test_` keys in the sandbox, `wg_live_` keys in production. */
export type Environment = 'SANDBOX' | 'PRODUCTION';

/**
 * An amount to send: a decimal with up to 8 places, `'50.00'` or `50`. Strings are exact; a number that JavaScript
 * cannot write as a short decimal (`0.1 + 0.2`) is refused by the server, never rounded.
 */
export type AmountInput = string | number;

/** A moment to send: ISO 8601 (`'2026-01-31T09:00:00Z'`) or a `Date`. */
export type TimeInput = string | Date;

/** Data of yours that is kept with an object: a JSON object of up to 16 KiB. */
export type Metadata = Record<string, unknown>;

/** What a key may do. `*` is everything. */
export type Permission =
  | '*'
  | 'wallets:read'
  | 'wallets:write'
  | 'payments:read'
  | 'payments:write'
  | 'policies:read'
  | 'policies:write'
  | 'approvals:read'
  | 'approvals:write'
  | 'webhooks:read'
  | 'webhooks:write'
  | 'invoices:read'
  | 'invoices:write'
  | 'cards:sensitive_read'
  | 'merchants:read'
  | 'merchants:write'
  | 'api_keys:read'
  | 'api_keys:write'
  | 'delegations:read'
  | 'delegations:write'
  | 'audit:read'
  | 'organizations:read'
  | 'organizations:write';
