// How answers become errors, code by code: the codes that a server cannot be brought to say yet among them. What the real
// server refuses and why is in the stories of the resources.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@wallgent/sdk';
import {
  BatchPartialFailureError,
  UnauthorizedError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { answer, page, refuse, startFaultyServer } from './support/faulty-server.ts';
import { refusal } from './support/refusal.ts';

/** The table of the reference. */
const CLASSES = {
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

function clientOf(server: { url: string }): Wallgent {
  return new Wallgent('wg_test_any', { baseUrl: server.url, maxRetries: 0 });
}

for (const [code, [status, ErrorClass]] of Object.entries(CLASSES)) {
  test(`${code} is thrown as ${ErrorClass.name}`, async () => {
    await using server = await startFaultyServer(refuse(status, code, { some: 'context' }));
    const error = await refusal(WallgentError, clientOf(server).wallets.list());
    assert.equal(error.constructor, ErrorClass);
    assert.equal(error.name, ErrorClass.name);
    assert.equal(error.code, code);
    assert.equal(error.message, `refused with ${code}`);
    assert.equal(error.statusCode, status);
    assert.equal(error.details?.some, 'context');
    assert.equal(error.requestId, 'req_from_body');
  });
}

test('a code without a class of its own is a plain WallgentError', async () => {
  for (const [status, code] of [
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [409, 'CONFLICT'],
    [500, 'INTERNAL_ERROR'],
    [418, 'NEW_CODE'],
  ] as const) {
    await using server = await startFaultyServer(refuse(status, code));
    const error = await refusal(WallgentError, clientOf(server).wallets.list());
    assert.equal(error.constructor, WallgentError);
    assert.equal(error.code, code);
    assert.equal(error.statusCode, status);
    assert.equal(error.details, undefined);
  }
});

test('the request ID comes from the header when the body has none', async () => {
  const body = { error: { code: 'UNAUTHORIZED', message: 'no' } };
  await using server = await startFaultyServer(
    answer(401, body, { 'x-request-id': 'req_from_header' }),
  );
  const error = await refusal(UnauthorizedError, clientOf(server).wallets.list());
  assert.equal(error.requestId, 'req_from_header');
});

test('a 202 without an error is an ordinary answer', async () => {
  await using server = await startFaultyServer(answer(202, { id: 'xfr_1', status: 'PENDING' }));
  const { data, response } = await clientOf(server).payments.get('xfr_1').withResponse();
  assert.equal(response.status, 202);
  assert.equal(data.id, 'xfr_1');
});

test('a batch error without results is still a batch error', async () => {
  await using server = await startFaultyServer(refuse(207, 'BATCH_PARTIAL_FAILURE'));
  const error = await refusal(
    BatchPartialFailureError,
    clientOf(server).payments.batch({ payments: [] }),
  );
  assert.deepEqual(error.results, []);
});

test('an error page of something in between is told apart and not repeated', async () => {
  await using server = await startFaultyServer(
    page(502, '<h1>Bad gateway, your token is wg_test_any</h1>'),
  );
  const error = await refusal(WallgentError, clientOf(server).wallets.list());
  assert.equal(error.code, 'UNEXPECTED_ANSWER');
  assert.equal(error.statusCode, 502);
  assert.doesNotMatch(error.message, /gateway|wg_test/);
});

test('429 and 503 keep their meaning without an envelope', async () => {
  for (const [status, code] of [
    [429, 'RATE_LIMIT_EXCEEDED'],
    [503, 'SERVICE_UNAVAILABLE'],
  ] as const) {
    await using server = await startFaultyServer(page(status, 'busy'));
    const error = await refusal(WallgentError, clientOf(server).wallets.list());
    assert.equal(error.code, code);
  }
});

test('a success that is not JSON is an error: the address is wrong', async () => {
  await using server = await startFaultyServer(page(200, '<h1>Welcome</h1>'));
  const error = await refusal(WallgentError, clientOf(server).wallets.list());
  assert.equal(error.code, 'UNEXPECTED_ANSWER');
  assert.match(error.message, /baseUrl/);
});

test('a redirect is not followed: a payment must not become a reading, nor the key travel on', async () => {
  await using elsewhere = await startFaultyServer(answer(200, {}));
  await using server = await startFaultyServer(
    page(302, '', { location: `${elsewhere.url}/v1/payments` }),
  );
  const payment = { from: 'wal_a', to: 'wal_b', amount: '1.00' };
  const error = await refusal(WallgentError, clientOf(server).payments.send(payment));
  assert.equal(error.statusCode, 302);
  assert.match(error.message, /redirect/);
  assert.equal(elsewhere.received.length, 0);
});

test('the compiler keeps the classes apart', () => {
  const describe = (error: WallgentError): string => {
    if (error instanceof sdk.InsufficientFundsError)
      return `${error.code} ${error.details?.requested}`;
    if (error instanceof sdk.PolicyDeniedError)
      return `${error.code} ${error.details?.violations?.length}`;
    // Were the classes of one shape, `error` would be `never` here and the build would fail.
    return error.code;
  };
  assert.equal(describe(new WallgentError({ code: 'X', message: 'x', statusCode: 400 })), 'X');
});
