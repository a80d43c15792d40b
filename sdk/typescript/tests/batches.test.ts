import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchPartialFailureError, type SendPaymentParams, ValidationError } from '@wallgent/sdk';
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
  const pay = (amount: string): SendPaymentParams => ({ from: buyer.id, to: vendor.id, amount });
  return { wg, buyer, vendor, pay };
}

test('a batch whose payments all pass answers with one result each', async () => {
  const { wg, buyer, vendor, pay } = await payer();
  const both = { fromWalletId: buyer.id, toWalletId: vendor.id, amount: 7.5 };
  const batch = await wg.payments.batch({ payments: [pay('5.00'), both] });
  assert.match(batch.batchId, /^bat_/);
  assert.deepEqual(batch.summary, { total: 2, succeeded: 2, reversed: 0, failed: 0 });
  assert.deepEqual(
    batch.results.map(({ index, status, error }) => [index, status, error]),
    [
      [0, 'success', null],
      [1, 'success', null],
    ],
  );
  const payment = await wg.payments.get(batch.results[1]?.transactionId ?? '');
  assert.equal(payment.amount, '7.50');
  assert.equal(payment.batchId, batch.batchId);
  assert.equal(await available(wg, vendor.id), '12.50');
});

test('an atomic batch pays all or nothing', async () => {
  const { wg, buyer, pay } = await payer();
  const error = await refusal(
    BatchPartialFailureError,
    wg.payments.batch({ payments: [pay('5.00'), pay('5000.00')] }),
  );
  assert.equal(error.code, 'BATCH_PARTIAL_FAILURE');
  assert.equal(error.statusCode, 207);
  assert.deepEqual(
    error.results.map(({ status }) => status),
    ['reversed', 'failed'],
  );
  assert.equal(error.results[1]?.error?.code, 'INSUFFICIENT_FUNDS');
  assert.deepEqual(error.summary, { total: 2, succeeded: 0, reversed: 1, failed: 1 });
  assert.match(error.batchId ?? '', /^bat_/);
  assert.equal(await available(wg, buyer.id), '100.00');
});

test('an independent batch pays what it can and tells what it could not', async () => {
  const { wg, buyer, vendor, pay } = await payer();
  const payments = [pay('5.00'), pay('5000.00'), pay('6.00')];
  const error = await refusal(
    BatchPartialFailureError,
    wg.payments.batch({ payments, mode: 'independent' }),
  );
  assert.deepEqual(
    error.results.map(({ status }) => status),
    ['success', 'failed', 'success'],
  );
  assert.deepEqual(error.details?.results, error.results);
  assert.match(error.results[0]?.transactionId ?? '', /^txn_/);
  assert.equal(await available(wg, vendor.id), '11.00');
  assert.equal(await available(wg, buyer.id), '88.50');
});

test('in an independent batch a payment may wait for a person', async () => {
  const { wg, buyer, pay } = await payer();
  await wg.policies.create(buyer.id, { name: 'Ask above 10', approvalThreshold: '10.00' });
  const call = wg.payments.batch({ payments: [pay('5.00'), pay('20.00')], mode: 'independent' });
  const error = await refusal(BatchPartialFailureError, call);
  assert.deepEqual(
    error.results.map(({ status }) => status),
    ['success', 'pending_approval'],
  );
});

test('a batch has from 1 to 20 payments', async () => {
  const { wg, pay } = await payer();
  await refusal(ValidationError, wg.payments.batch({ payments: [] }));
  const tooMany = Array.from({ length: 21 }, () => pay('0.01'));
  await refusal(ValidationError, wg.payments.batch({ payments: tooMany }));
});

test('a batch repeated with its key is not paid again', async () => {
  const { wg, vendor, pay } = await payer();
  const params = { payments: [pay('5.00'), pay('6.00')], idempotencyKey: 'payroll-1' };
  const first = await wg.payments.batch(params);
  const { data: second, headers } = await wg.payments.batch(params).withResponse();
  assert.deepEqual(second, first);
  assert.equal(headers.get('idempotent-replayed'), 'true');
  assert.equal(await available(wg, vendor.id), '11.00');
});
