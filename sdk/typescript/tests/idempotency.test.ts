// The promise that nothing is paid twice, shown on the real server with a line in between that breaks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  IdempotencyKeyReuseError,
  InsufficientFundsError,
  PolicyNotFoundError,
  ValidationError,
  Wallgent,
  WallgentConnectionError,
} from '@wallgent/sdk';
import {
  type Behaviour,
  forwardAndDrop,
  forwardTo,
  refuse,
  startFaultyServer,
} from './support/faulty-server.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer();

async function payer() {
  const { wg } = server;
  const [buyer, vendor] = [
    await fundedWallet(wg, '100.00'),
    await wg.wallets.create({ name: 'Vendor' }),
  ];
  return { wg, buyer, vendor, payment: { from: buyer.id, to: vendor.id, amount: '10.00' } };
}

/** A client whose line treats the first request by the given behaviour, and then works. */
async function brokenLine(...behaviours: [Behaviour, ...Behaviour[]]) {
  const line = await startFaultyServer(...behaviours, forwardTo(server.url));
  return { line, wg: new Wallgent(server.sandboxKey, { baseUrl: line.url }) };
}

test('a payment whose answer was lost is retried and paid once', async () => {
  const { vendor, payment, wg: direct } = await payer();
  const { line, wg } = await brokenLine(forwardAndDrop(server.url));
  await using _ = line;
  const { data, headers } = await wg.payments.send(payment).withResponse();
  assert.equal(line.received.length, 2);
  assert.equal(headers.get('idempotent-replayed'), 'true');
  assert.equal(await available(direct, vendor.id), '10.00');
  const made = await direct.payments.list({ walletId: vendor.id });
  assert.deepEqual(
    made.data.map(({ id }) => id),
    [data.id],
  );
});

test('a payment still in flight is asked for again with the same key', async () => {
  const { vendor, payment, wg: direct } = await payer();
  const { line, wg } = await brokenLine(
    refuse(409, 'IDEMPOTENCY_IN_FLIGHT', undefined, { 'retry-after': '0' }),
  );
  await using _ = line;
  await wg.payments.send(payment, { idempotencyKey: 'in-flight-1' });
  const keys = line.received.map(({ headers }) => headers['idempotency-key']);
  assert.deepEqual(keys, ['in-flight-1', 'in-flight-1']);
  assert.equal(await available(direct, vendor.id), '10.00');
});

test('a refusal whose answer was lost is the same refusal again', async () => {
  const { vendor, buyer } = await payer();
  const { line, wg } = await brokenLine(forwardAndDrop(server.url));
  await using _ = line;
  const tooMuch = { from: buyer.id, to: vendor.id, amount: '500.00' };
  await refusal(InsufficientFundsError, wg.payments.send(tooMuch));
  assert.equal(line.received.length, 2);
});

test('a deletion whose answer was lost succeeds, and did delete', async () => {
  const { buyer, wg: direct } = await payer();
  const policy = await direct.policies.create(buyer.id, {
    name: 'Guard',
    maxTransactionAmount: '1.00',
  });
  const { line, wg } = await brokenLine(forwardAndDrop(server.url));
  await using _ = line;
  assert.equal(await wg.policies.delete(policy.id), undefined);
  assert.equal(line.received.length, 2);
  await refusal(PolicyNotFoundError, direct.policies.get(policy.id));
});

test('a program that gave up finds out later what it did, by its key', async () => {
  const { vendor, payment, wg: direct } = await payer();
  await using line = await startFaultyServer(forwardAndDrop(server.url));
  const wg = new Wallgent(server.sandboxKey, { baseUrl: line.url, maxRetries: 0 });
  const idempotencyKey = 'invoice-2026-01';
  await refusal(WallgentConnectionError, wg.payments.send({ ...payment, idempotencyKey }));
  const found = await direct.payments.list({ idempotencyKey });
  assert.equal(found.data.length, 1);
  const again = await direct.payments.send({ ...payment, idempotencyKey });
  assert.equal(again.id, found.data[0]?.id);
  assert.equal(await available(direct, vendor.id), '10.00');
});

test('a duplicate gets the first answer, in whichever place and form it names the same', async () => {
  const { wg, buyer, vendor, payment } = await payer();
  const idempotencyKey = 'pay_unique_key_123';
  const first = await wg.payments.send({ ...payment, idempotencyKey });
  const otherForm = { fromWalletId: buyer.id, toWalletId: vendor.id, amount: 10 };
  const { data: second, headers } = await wg.payments
    .send(otherForm, { idempotencyKey })
    .withResponse();
  assert.deepEqual(second, first);
  assert.equal(first.idempotencyKey, idempotencyKey);
  assert.equal(headers.get('idempotent-replayed'), 'true');
  assert.equal(await available(wg, vendor.id), '10.00');
});

test('a key may have characters that a header cannot carry', async () => {
  const { wg, vendor, payment } = await payer();
  const first = await wg.payments.send({ ...payment, idempotencyKey: '订单-2026-01' });
  const second = await wg.payments.send({ ...payment, idempotencyKey: '订单-2026-01' });
  assert.equal(second.id, first.id);
  assert.equal(await available(wg, vendor.id), '10.00');
});

test('a key used for something else is refused and names what it made', async () => {
  const { wg, payment } = await payer();
  const idempotencyKey = 'reused';
  const { id } = await wg.payments.send({ ...payment, idempotencyKey });
  const error = await refusal(
    IdempotencyKeyReuseError,
    wg.payments.send({ ...payment, amount: '11.00', idempotencyKey }),
  );
  assert.equal(error.statusCode, 409);
  assert.equal(error.details?.resourceId, id);
});

test('two keys for one call are refused rather than one of them ignored', async () => {
  const { wg, payment, vendor } = await payer();
  const call = wg.payments.send({ ...payment, idempotencyKey: 'one' }, { idempotencyKey: 'two' });
  await refusal(ValidationError, call);
  assert.equal(await available(wg, vendor.id), '0.00');
});

test('twenty duplicates at once pay once', async () => {
  const { wg, vendor, payment } = await payer();
  const sent = await Promise.all(
    Array.from({ length: 20 }, () => wg.payments.send({ ...payment, idempotencyKey: 'at-once' })),
  );
  assert.equal(new Set(sent.map(({ id }) => id)).size, 1);
  assert.equal(await available(wg, vendor.id), '10.00');
});

test('without a key every call is a payment of its own', async () => {
  const { wg, vendor, payment } = await payer();
  const [first, second] = [await wg.payments.send(payment), await wg.payments.send(payment)];
  assert.notEqual(first.id, second.id);
  assert.equal(await available(wg, vendor.id), '20.00');
});
