import type * as details from './details.js';
import { WallgentError } from './wallgent-error.js';

// One class for each code of the API's tables. The literal type of `code` is what keeps the classes apart for the
// compiler: without it all of them would have one shape, and narrowing by `instanceof` would go wrong.

/** 402: the wallet's available balance does not cover the amount and its fee. Terminal: top up, then use a new key. */
export class InsufficientFundsError extends WallgentError {
  declare readonly code: 'INSUFFICIENT_FUNDS';
  declare readonly details: details.InsufficientFundsDetails | undefined;
}

/** 403: a spend policy of the wallet forbids the payment. Terminal: the same request will be refused again. */
export class PolicyDeniedError extends WallgentError {
  declare readonly code: 'POLICY_DENIED';
  declare readonly details: details.PolicyDeniedDetails | undefined;
}

/** 404: no such wallet, or none that this key can see. */
export class WalletNotFoundError extends WallgentError {
  declare readonly code: 'WALLET_NOT_FOUND';
  declare readonly details: details.WalletDetails | undefined;
}

/** 400: the amount is zero, negative, malformed, or outside what the call allows. */
export class InvalidAmountError extends WallgentError {
  declare readonly code: 'INVALID_AMOUNT';
  declare readonly details: details.InvalidAmountDetails | undefined;
}

/** 403: the key belongs to one environment and the resource to the other. */
export class EnvironmentMismatchError extends WallgentError {
  declare readonly code: 'ENVIRONMENT_MISMATCH';
}

/** 429: too many requests, and waiting as told took too long or did not help. Try again after `details.retryAfter` seconds. */
export class RateLimitExceededError extends WallgentError {
  declare readonly code: 'RATE_LIMIT_EXCEEDED';
  declare readonly details: details.RateLimitDetails | undefined;
}

/** 401: the API key is missing or unknown. */
export class UnauthorizedError extends WallgentError {
  declare readonly code: 'UNAUTHORIZED';
}

/** 400: the request does not have the right shape. `details.fields` names every bad field. */
export class ValidationError extends WallgentError {
  declare readonly code: 'VALIDATION_ERROR';
  declare readonly details: details.ValidationDetails | undefined;
}

/** 404: no such merchant, by ID or domain. */
export class MerchantNotFoundError extends WallgentError {
  declare readonly code: 'MERCHANT_NOT_FOUND';
}

/** 403: the merchant is suspended and cannot receive payments. */
export class MerchantSuspendedError extends WallgentError {
  declare readonly code: 'MERCHANT_SUSPENDED';
}

/** 400: this merchant does not take payments from wallet to wallet. */
export class ClosedLoopUnavailableError extends WallgentError {
  declare readonly code: 'CLOSED_LOOP_UNAVAILABLE';
}

/** 403: the wallet is frozen. Terminal until its owner unfreezes it. */
export class WalletFrozenError extends WallgentError {
  declare readonly code: 'WALLET_FROZEN';
  declare readonly details: details.WalletDetails | undefined;
}

/** 404: no such transfer. */
export class TransferNotFoundError extends WallgentError {
  declare readonly code: 'TRANSFER_NOT_FOUND';
}

/** 404: no such webhook. */
export class WebhookNotFoundError extends WallgentError {
  declare readonly code: 'WEBHOOK_NOT_FOUND';
}

/** 404: no such policy, or none of the named wallet. */
export class PolicyNotFoundError extends WallgentError {
  declare readonly code: 'POLICY_NOT_FOUND';
}

/** 403: the organization's plan allows no further wallet. */
export class WalletLimitExceededError extends WallgentError {
  declare readonly code: 'WALLET_LIMIT_EXCEEDED';
}

/** 401: the API key was revoked or has expired. Terminal: provision a new one. */
export class ApiKeyRevokedError extends WallgentError {
  declare readonly code: 'API_KEY_REVOKED';
}

/** 409: this idempotency key was used before for a request with another meaning. */
export class IdempotencyKeyReuseError extends WallgentError {
  declare readonly code: 'IDEMPOTENCY_KEY_REUSE';
  declare readonly details: details.IdempotencyKeyReuseDetails | undefined;
}

/** 422: the payment is reversed already, too old, or not this caller's to reverse. */
export class ReversalNotAllowedError extends WallgentError {
  declare readonly code: 'REVERSAL_NOT_ALLOWED';
  declare readonly details: details.ReversalNotAllowedDetails | undefined;
}

/** 404: no such payment link, by ID or slug. */
export class PaymentLinkNotFoundError extends WallgentError {
  declare readonly code: 'PAYMENT_LINK_NOT_FOUND';
}

/** 403: this call exists in the sandbox only, and the key is a live one. */
export class SandboxOnlyError extends WallgentError {
  declare readonly code: 'SANDBOX_ONLY';
}

/** 404: no such card. */
export class CardNotFoundError extends WallgentError {
  declare readonly code: 'CARD_NOT_FOUND';
}
