// How answers become errors, code by code, also those that no healthy server gives. What brings the real server to each is in
// `errors-from-the-server.test.ts`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@wallgent/sdk';
import {
  BatchPartialFailureError,
  UnauthorizedError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { ERROR_CLASSES } from './support/error-classes.ts';
import { answer, page, refuse, startFaultyServer } from './support/faulty-server.ts';
import { refusal } from './support/refusal.ts';

function clientOf(server: { url: string }): Wallgent {
  return new Wallgent('wg_test_any', { baseUrl: server.url, maxRetries: 0 });
}

for (const [code, [status, ErrorClass]] of Object.entries(ERROR_CLASSES)) {
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
