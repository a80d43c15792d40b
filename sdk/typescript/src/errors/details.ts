import type { PolicyViolation } from '../types/policies.js';

// What `details` holds for the codes that say more than their message. Every field is optional because errors outlive
// server versions: read them as hints, and decide by `code`.

/** `details` of {@link InsufficientFundsError}. Amounts are decimal strings in the wallet's currency. */
export interface InsufficientFundsDetails extends Record<string, unknown> {
  walletId?: string;
  /** The posted balance, with 8 decimals. */
  balance?: string;
  /** The amount as it was sent. */
  requested?: string;
  /** What would have been charged on top. */
  fee?: string;
  /** Amount and fee together. */
  required?: string;
  /** What is reserved for approvals and card authorizations. */
  held?: string;
  /** Balance less holds: what can be spent. */
  available?: string;
}

/** `details` of {@link PolicyDeniedError}. */
export interface PolicyDeniedDetails extends Record<string, unknown> {
  /** Every rule that failed, not only the one the message names. */
  violations?: PolicyViolation[];
  /** What an agent can do next. */
  hint?: string;
  /** Set when a person or the passage of time refused a payment that waited for approval. */
  approvalId?: string;
  /** Then: how the approval ended. */
  approvalStatus?: 'REJECTED' | 'EXPIRED';
  /** Then: the reason given. */
  reason?: string | null;
}

/** `details` of {@link ApprovalRequiredError}. */
export interface ApprovalRequiredDetails extends Record<string, unknown> {
  approvalId?: string;
  /** ISO 8601, UTC: when the approval lapses and the held money is released. */
  expiresAt?: string;
}

/** `details` of {@link RateLimitExceededError}. */
export interface RateLimitDetails extends Record<string, unknown> {
  /** Whole seconds to wait. */
  retryAfter?: number;
}

/** `details` of {@link ValidationError}. */
export interface ValidationDetails extends Record<string, unknown> {
  /** Every field that is wrong. */
  fields?: { path: string; message: string }[];
}

/** `details` of {@link WalletNotFoundError}, {@link WalletFrozenError}. */
export interface WalletDetails extends Record<string, unknown> {
  walletId?: string;
}

/** `details` of {@link InvalidAmountError}. Amounts are decimal strings. */
export interface InvalidAmountDetails extends Record<string, unknown> {
  /** Where the amount stands in the request. */
  field?: string;
  /** The largest amount allowed, where that is the reason. */
  maximum?: string;
  /** The smallest amount allowed, where that is the reason. */
  minimum?: string;
}

/** `details` of {@link IdempotencyKeyReuseError}. */
export interface IdempotencyKeyReuseDetails extends Record<string, unknown> {
  /** What the first request with this key made or changed. */
  resourceId?: string;
}

/** `details` of {@link ReversalNotAllowedError}. */
export interface ReversalNotAllowedDetails extends Record<string, unknown> {
  /** Why, in one word: for instance `already_reversed`, or `settled` when the payment is too old. */
  reason?: string;
  /** What is left to reverse: a decimal string. */
  remaining?: string;
}
