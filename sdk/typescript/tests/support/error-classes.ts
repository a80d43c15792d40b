import * as sdk from '@wallgent/sdk';

/** The table of the reference: each code with its status and its class. */
export const ERROR_CLASSES = {
  INSUFFICIENT_FUNDS: [402, sdk.InsufficientFundsError],
  POLICY_DENIED: [403, sdk.PolicyDeniedError],
  WALLET_NOT_FOUND: [404, sdk.WalletNotFoundError],
  INVALID_AMOUNT: [400, sdk.InvalidAmountError],
  ENVIRONMENT_MISMATCH: [403, sdk.EnvironmentMismatchError],
  RATE_LIMIT_EXCEEDED: [429, sdk.RateLimitExceededError],
  UNAUTHORIZED: [401, sdk.UnauthorizedError],
  VALIDATION_ERROR: [400, sdk.ValidationError],
  MERCHANT_NOT_FOUND: [404, sdk.MerchantNotFoundError],
  MERCHANT_SUSPENDED: [403, sdk.MerchantSuspendedError],
  CLOSED_LOOP_UNAVAILABLE: [400, sdk.ClosedLoopUnavailableError],
  WALLET_FROZEN: [403, sdk.WalletFrozenError],
  APPROVAL_REQUIRED: [202, sdk.ApprovalRequiredError],
  TRANSFER_NOT_FOUND: [404, sdk.TransferNotFoundError],
  WEBHOOK_NOT_FOUND: [404, sdk.WebhookNotFoundError],
  POLICY_NOT_FOUND: [404, sdk.PolicyNotFoundError],
  WALLET_LIMIT_EXCEEDED: [403, sdk.WalletLimitExceededError],
  API_KEY_REVOKED: [401, sdk.ApiKeyRevokedError],
  IDEMPOTENCY_KEY_REUSE: [409, sdk.IdempotencyKeyReuseError],
  REVERSAL_NOT_ALLOWED: [422, sdk.ReversalNotAllowedError],
  PAYMENT_LINK_NOT_FOUND: [404, sdk.PaymentLinkNotFoundError],
  BATCH_PARTIAL_FAILURE: [207, sdk.BatchPartialFailureError],
  SANDBOX_ONLY: [403, sdk.SandboxOnlyError],
  CARD_NOT_FOUND: [404, sdk.CardNotFoundError],
} as const;
