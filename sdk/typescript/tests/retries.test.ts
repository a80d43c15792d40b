import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  IdempotencyKeyReuseError,
  InsufficientFundsError,
  RateLimitExceededError,
  Wallgent,
  WallgentConnectionError,
  WallgentError,
  WallgentTimeoutError,
} from '@wallgent/sdk';
import * as source from '../src/errors/index.ts';
import { retryDelayMs } from '../src/requests/retry.ts';
import {
  answer,
  type Behaviour,
  drop,
  dropHalfway,
  type FaultyServer,
  page,
  refuse,
  silence,
  silenceHalfway,
  startFaultyServer,
} from './support/faulty-server.ts';
import { refusal } from './support/refusal.ts';

const PAYMENT = { from: 'wal_a', to: 'wal_b', amount: '1.00' };
const posted = answer(200, { id: 'txn_1', status: 'POSTED', state: 'POSTED' });

function clientOf(
  server: { url: string },
  options: { maxRetries?: number; timeout?: number } = {},
): Wallgent {
  return new Wallgent('wg_test_any', { baseUrl: server.url, ...options });
}

function idempotencyKeys(server: FaultyServer): (string | undefined)[] {
  return server.received.map(
    (received) => received.headers['idempotency-key'] as string | undefined,
  );
}

const passing: Record<string, Behaviour> = {
  'a dropped connection': drop,
  'an answer that broke off': dropHalfway,
  '503': refuse(503, 'SERVICE_UNAVAILABLE'),
  '503 of something in between': page(503, 'restarting'),
  '429 that asks for no wait': refuse(429, 'RATE_LIMIT_EXCEEDED', { retryAfter: 0 }),
  'a duplicate in flight': refuse(409, 'IDEMPOTENCY_IN_FLIGHT'),
};
for (const [name, behaviour] of Object.entries(passing)) {
  test(`${name} is passing: the request is sent again, the same and with the same key`, async () => {
    await using server = await startFaultyServer(behaviour, posted);
    const payment = await clientOf(server).payments.send(PAYMENT);
    assert.equal(payment.id, 'txn_1');
    const [first, second] = server.received;
    assert.equal(server.received.length, 2);
    assert.match(first?.headers['idempotency-key'] as string, /^[\x21-\x7e]{16,255}$/);
    assert.deepEqual(second, first);
  });
}

test('429 waits as long as the server asks', async () => {
  await using server = await startFaultyServer(
    refuse(429, 'RATE_LIMIT_EXCEEDED', { retryAfter: 1 }),
    posted,
  );
  const startedAt = performance.now();
  await clientOf(server).payments.send(PAYMENT);
  assert.ok(performance.now() - startedAt >= 995);
  assert.equal(server.received.length, 2);
});

test('429 that asks for more than 30 seconds is thrown at once', async () => {
  await using server = await startFaultyServer(
    refuse(429, 'RATE_LIMIT_EXCEEDED', { retryAfter: 31 }),
    posted,
  );
  const error = await refusal(RateLimitExceededError, clientOf(server).payments.send(PAYMENT));
  assert.equal(error.details?.retryAfter, 31);
  assert.equal(server.received.length, 1);
});

test('the header Retry-After counts when the body has no number', async () => {
  const busy = refuse(503, 'SERVICE_UNAVAILABLE', undefined, { 'retry-after': '31' });
  await using server = await startFaultyServer(busy, posted);
  await refusal(WallgentError, clientOf(server).payments.send(PAYMENT));
  assert.equal(server.received.length, 1);
});

test('there are two retries by default, then the failure is thrown', async () => {
  await using server = await startFaultyServer(refuse(503, 'SERVICE_UNAVAILABLE'));
  const error = await refusal(WallgentError, clientOf(server).payments.send(PAYMENT));
  assert.equal(error.code, 'SERVICE_UNAVAILABLE');
  assert.equal(server.received.length, 3);
  assert.equal(new Set(idempotencyKeys(server)).size, 1);
});

test('maxRetries 0 sends once', async () => {
  await using server = await startFaultyServer(drop);
  const error = await refusal(
    WallgentConnectionError,
    clientOf(server, { maxRetries: 0 }).payments.send(PAYMENT),
  );
  assert.equal(error.attempts, 1);
  assert.equal(server.received.length, 1);
});

const terminal: [number, string, new (...fields: never[]) => Error][] = [
  [402, 'INSUFFICIENT_FUNDS', InsufficientFundsError],
  [202, 'APPROVAL_REQUIRED', ApprovalRequiredError],
  [409, 'IDEMPOTENCY_KEY_REUSE', IdempotencyKeyReuseError],
  [400, 'VALIDATION_ERROR', WallgentError],
  [401, 'UNAUTHORIZED', WallgentError],
  [403, 'POLICY_DENIED', WallgentError],
  [404, 'WALLET_NOT_FOUND', WallgentError],
  [409, 'CONFLICT', WallgentError],
  [500, 'INTERNAL_ERROR', WallgentError],
];
for (const [status, code, ErrorClass] of terminal) {
  test(`${code} is terminal: it is not sent again`, async () => {
    await using server = await startFaultyServer(refuse(status, code), posted);
    await refusal(ErrorClass, clientOf(server).payments.send(PAYMENT));
    assert.equal(server.received.length, 1);
  });
}

test('a refused connection is a connection error, not a WallgentError, and says what the system said', async () => {
  const server = await startFaultyServer(drop);
  await server[Symbol.asyncDispose]();
  const error = await refusal(WallgentConnectionError, clientOf(server).wallets.list());
  assert.ok(!(error instanceof WallgentError));
  assert.ok(!(error instanceof WallgentTimeoutError));
  assert.equal(error.attempts, 3);
  assert.match(error.message, /ECONNREFUSED/);
  assert.equal((error.cause as { code?: string }).code, 'ECONNREFUSED');
});

for (const [name, behaviour] of Object.entries({
  'never answers': silence,
  'stops halfway': silenceHalfway,
})) {
  test(`a server that ${name} times out`, async () => {
    await using server = await startFaultyServer(behaviour);
    const client = clientOf(server, { maxRetries: 1, timeout: 60 });
    const error = await refusal(WallgentTimeoutError, client.wallets.list());
    assert.equal(error.timeout, 60);
    assert.equal(error.attempts, 2);
    assert.equal(server.received.length, 2);
  });
}

test('a call’s own time limit goes before the client’s, and a slow first answer is retried', async () => {
  await using server = await startFaultyServer(silence, posted);
  const payment = await clientOf(server).payments.send(PAYMENT, { timeout: 60 });
  assert.equal(payment.id, 'txn_1');
  assert.equal(new Set(idempotencyKeys(server)).size, 1);
  await refusal(TypeError, clientOf(server).wallets.list({}, { timeout: -1 }));
});

test('an aborted signal ends the call with its reason', async () => {
  const reason = new Error('changed my mind');
  await using server = await startFaultyServer(silence);
  const before = await refusal(
    Error,
    clientOf(server).wallets.list({}, { signal: AbortSignal.abort(reason) }),
  );
  assert.equal(before, reason);
  assert.equal(server.received.length, 0);

  const during = new AbortController();
  await using hanging = await startFaultyServer(() => during.abort(reason));
  assert.equal(
    await refusal(
      Error,
      clientOf(hanging, { maxRetries: 0 }).wallets.list({}, { signal: during.signal }),
    ),
    reason,
  );
  assert.equal(hanging.received.length, 1);
});

test('an aborted signal ends the wait before a retry', { timeout: 10_000 }, async () => {
  const reason = new Error('changed my mind');
  const controller = new AbortController();
  await using server = await startFaultyServer(
    refuse(503, 'SERVICE_UNAVAILABLE', undefined, { 'retry-after': '30' }),
  );
  const logger = { debug() {}, warn: () => setImmediate(() => controller.abort(reason)) };
  const wg = new Wallgent('wg_test_any', { baseUrl: server.url, logger });
  assert.equal(await refusal(Error, wg.wallets.list({}, { signal: controller.signal })), reason);
  assert.equal(server.received.length, 1);
});

test('a failed call that is asked for its response rejects once, and leaves nothing unhandled', async () => {
  const unhandled: unknown[] = [];
  const remember = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', remember);
  await using server = await startFaultyServer(refuse(404, 'WALLET_NOT_FOUND'));
  const call = clientOf(server).wallets.get('wal_x').withResponse();
  await refusal(WallgentError, call);
  await assert.rejects(async () => {
    for await (const _wallet of clientOf(server).wallets.list())
      assert.fail('there is nothing to yield');
  }, WallgentError);
  await new Promise(setImmediate);
  process.off('unhandledRejection', remember);
  assert.deepEqual(unhandled, []);
});

test('every call that changes something has a key of its own, one that asks has none', async () => {
  await using server = await startFaultyServer(
    answer(200, { data: [], cursor: null, hasMore: false }),
  );
  const wg = clientOf(server);
  await wg.payments.send(PAYMENT);
  await wg.payments.send(PAYMENT);
  await wg.wallets.update('wal_a', { name: 'B' });
  await wg.policies.delete('pol_a');
  const made = idempotencyKeys(server);
  assert.ok(made.every((key) => key !== undefined));
  assert.equal(new Set(made).size, 4);
  await wg.wallets.list();
  await wg.policies.check('wal_a', { to: 'wal_b', amount: 1 });
  assert.deepEqual(idempotencyKeys(server).slice(4), [undefined, undefined]);
});

test('a key of the caller’s is used, from the parameters or from the options', async () => {
  await using server = await startFaultyServer(posted);
  const wg = clientOf(server);
  await wg.payments.send({ ...PAYMENT, idempotencyKey: 'from-parameters' });
  await wg.payments.send(PAYMENT, { idempotencyKey: 'from-options' });
  await wg.payments.send({ ...PAYMENT, idempotencyKey: '订单-1' });
  assert.deepEqual(idempotencyKeys(server), ['from-parameters', 'from-options', undefined]);
  assert.match(server.received[2]?.body ?? '', /"idempotencyKey":"订单-1"/);
  for (const idempotencyKey of ['', '订单-1', 'two words', 'x'.repeat(256)]) {
    await refusal(TypeError, wg.payments.send(PAYMENT, { idempotencyKey }));
  }
  assert.equal(server.received.length, 3);
});

// The decision itself, for what would take too long to wait for.
const unavailable = new source.WallgentError({
  code: 'SERVICE_UNAVAILABLE',
  message: '',
  statusCode: 503,
});

test('the wait doubles up to 8 seconds, and chance takes up to half of it', () => {
  const failure = { error: unavailable, retryAfterSeconds: undefined };
  const longest = [0, 1, 2, 3, 4, 5, 6, 10].map((made) => retryDelayMs(failure, made, 1));
  assert.deepEqual(longest, [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  assert.equal(retryDelayMs(failure, 0, 0), 125);
});

test('the server’s wait is obeyed up to 30 seconds, and never made shorter', () => {
  assert.equal(retryDelayMs({ error: unavailable, retryAfterSeconds: 30 }, 0, 0.5), 30_000);
  assert.equal(retryDelayMs({ error: unavailable, retryAfterSeconds: 30.5 }, 0, 0.5), undefined);
  assert.equal(retryDelayMs({ error: unavailable, retryAfterSeconds: 0 }, 0, 0), 125);
});
