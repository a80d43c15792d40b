import type { BatchItemResult, BatchSummary } from '../types/payments.js';
import * as classes from './classes.js';
import { ApprovalRequiredError, BatchPartialFailureError } from './outcomes.js';
import { WallgentError, type WallgentErrorFields } from './wallgent-error.js';

type ErrorClass = new (fields: WallgentErrorFields) => WallgentError;

/** Which class a code is thrown as. A code that is not here is a plain {@link WallgentError}. */
const CLASS_OF_CODE: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['INSUFFICIENT_FUNDS', classes.InsufficientFundsError],
  ['POLICY_DENIED', classes.PolicyDeniedError],
  ['WALLET_NOT_FOUND', classes.WalletNotFoundError],
  ['INVALID_AMOUNT', classes.InvalidAmountError],
  ['ENVIRONMENT_MISMATCH', classes.EnvironmentMismatchError],
  ['RATE_LIMIT_EXCEEDED', classes.RateLimitExceededError],
  ['UNAUTHORIZED', classes.UnauthorizedError],
  ['VALIDATION_ERROR', classes.ValidationError],
  ['MERCHANT_NOT_FOUND', classes.MerchantNotFoundError],
  ['MERCHANT_SUSPENDED', classes.MerchantSuspendedError],
  ['CLOSED_LOOP_UNAVAILABLE', classes.ClosedLoopUnavailableError],
  ['WALLET_FROZEN', classes.WalletFrozenError],
  ['TRANSFER_NOT_FOUND', classes.TransferNotFoundError],
  ['WEBHOOK_NOT_FOUND', classes.WebhookNotFoundError],
  ['POLICY_NOT_FOUND', classes.PolicyNotFoundError],
  ['WALLET_LIMIT_EXCEEDED', classes.WalletLimitExceededError],
  ['API_KEY_REVOKED', classes.ApiKeyRevokedError],
  ['IDEMPOTENCY_KEY_REUSE', classes.IdempotencyKeyReuseError],
  ['REVERSAL_NOT_ALLOWED', classes.ReversalNotAllowedError],
  ['PAYMENT_LINK_NOT_FOUND', classes.PaymentLinkNotFoundError],
  ['SANDBOX_ONLY', classes.SandboxOnlyError],
  ['CARD_NOT_FOUND', classes.CardNotFoundError],
]);

/** The code of an answer that no Wallgent server wrote: a proxy's error page, a redirect, another program's port. */
export const UNEXPECTED_ANSWER = 'UNEXPECTED_ANSWER';

/** What such an answer still tells by its status alone. */
const CODE_OF_FOREIGN_STATUS: ReadonlyMap<number, string> = new Map([
  [429, 'RATE_LIMIT_EXCEEDED'],
  [503, 'SERVICE_UNAVAILABLE'],
]);

/** An answer whose body has been read: `undefined` when it was empty or not JSON. */
export interface ReadAnswer {
  statusCode: number;
  requestId: string | undefined;
  body: unknown;
}

/**
 * The error that an answer stands for, or `undefined` when it is a success. A 202 and a 207 are errors only when their
 * body says so: other movements answer 202 for work that has merely begun.
 */
export function errorFromAnswer(answer: ReadAnswer): WallgentError | undefined {
  const { statusCode } = answer;
  const envelope = readEnvelope(answer);
  if (statusCode === 202 || statusCode === 207) {
    return envelope && errorFromEnvelope(envelope, answer.body);
  }
  if (statusCode >= 200 && statusCode < 300) return undefined;
  return errorFromEnvelope(envelope ?? foreignAnswer(answer), answer.body);
}

/** The error for a success that is not JSON, though the call has an answer to return. */
export function unreadableAnswer(answer: ReadAnswer): WallgentError {
  return new WallgentError({
    code: UNEXPECTED_ANSWER,
    message: `The answer with status ${answer.statusCode} is not JSON: check that baseUrl is a Wallgent server`,
    statusCode: answer.statusCode,
    requestId: answer.requestId,
  });
}

function errorFromEnvelope(fields: WallgentErrorFields, body: unknown): WallgentError {
  if (fields.code === 'APPROVAL_REQUIRED') {
    const resourceId = isRecord(body) && typeof body.id === 'string' ? body.id : undefined;
    return new ApprovalRequiredError({ ...fields, resourceId });
  }
  if (fields.code === 'BATCH_PARTIAL_FAILURE') return batchError(fields, body);
  const ErrorClass = CLASS_OF_CODE.get(fields.code) ?? WallgentError;
  return new ErrorClass(fields);
}

function batchError(fields: WallgentErrorFields, body: unknown): BatchPartialFailureError {
  const batch = isRecord(body) ? body : {};
  const batchId = typeof batch.batchId === 'string' ? batch.batchId : undefined;
  // The server's answer is trusted for the shape inside the list, as it is for every other answer.
  const results = Array.isArray(batch.results) ? (batch.results as BatchItemResult[]) : [];
  const summary = isRecord(batch.summary) ? (batch.summary as unknown as BatchSummary) : undefined;
  const details = { batchId, results, summary, ...fields.details };
  return new BatchPartialFailureError({ ...fields, details, batchId, results, summary });
}

/** Reads `{"error":{"code","message","details"?,"requestId"?}}`, or nothing when the body is something else. */
function readEnvelope(answer: ReadAnswer): WallgentErrorFields | undefined {
  const envelope = isRecord(answer.body) ? answer.body.error : undefined;
  if (!isRecord(envelope) || typeof envelope.code !== 'string') return undefined;
  const { code, message, details, requestId } = envelope;
  return {
    code,
    message: typeof message === 'string' ? message : code,
    statusCode: answer.statusCode,
    details: isRecord(details) ? details : undefined,
    requestId: typeof requestId === 'string' ? requestId : answer.requestId,
  };
}

/** The body is left out: it can be a page of any size, and may repeat what was sent. */
function foreignAnswer({ statusCode, requestId }: ReadAnswer): WallgentErrorFields {
  const isRedirect = statusCode === 0 || (statusCode >= 300 && statusCode < 400);
  const message = isRedirect
    ? 'The server answered with a redirect, which is not followed: set baseUrl to the final address'
    : `The answer with status ${statusCode} is not from a Wallgent server: check baseUrl and what stands between`;
  const code = CODE_OF_FOREIGN_STATUS.get(statusCode) ?? UNEXPECTED_ANSWER;
  return { code, message, statusCode, requestId };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
