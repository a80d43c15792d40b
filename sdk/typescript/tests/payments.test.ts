import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EnvironmentMismatchError,
  InsufficientFundsError,
  InvalidAmountError,
  MerchantNotFoundError,
  ReversalNotAllowedError,
  ValidationError,
  WalletNotFoundError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer();

async function buyerAndVendor(amount = '1000.00') {
  const { wg } = server;
  return {
    wg,
    buyer: await fundedWallet(wg, amount),
    vendor: await wg.wallets.create({ name: 'Vendor' }),
  };
}

test('a payment is posted with its fee, in both forms of the call', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const first = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '50.00' });
  const second = await wg.payments.send({
    fromWalletId: buyer.id,
    toWalletId: vendor.id,
    amount: 200,
    description: 'Data',
  });
  assert.match(first.id, /^txn_/);
  assert.equal(first.status, 'POSTED');
  assert.equal(first.state, 'POSTED');
  assert.equal(first.fee, '0.25');
  assert.equal(first.balanceAfter, '949.75');
  assert.equal(second.from, buyer.id);
  assert.equal(second.fromWalletId, buyer.id);
  assert.equal(second.to, vendor.id);
  assert.equal(second.toWalletId, vendor.id);
  assert.equal(second.amount, '200.00');
  assert.equal(second.fee, '1.00');
  assert.equal(second.description, 'Data');
  assert.equal(second.availableAfter, '748.75');
  assert.equal(await available(wg, vendor.id), '250.00');
});

test('a payment is read under both names', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const sent = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '50.00' });
  const read = await wg.payments.get(sent.id);
  assert.equal(read.id, sent.id);
  assert.equal(read.status, 'POSTED');
  assert.equal(read.reversedAmount, '0.00');
  assert.equal(read.environment, 'SANDBOX');
  assert.ok(read.settledAt);
  assert.deepEqual(await wg.payments.retrieve(sent.id), read);
  const missing = await refusal(WallgentError, wg.payments.get('txn_01J_transaction_id'));
  assert.equal(missing.code, 'NOT_FOUND');
  assert.equal(missing.statusCode, 404);
});

test('payments are listed by wallet, status, key and time', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const idempotencyKey = 'order-77';
  const first = await wg.payments.send({
    from: buyer.id,
    to: vendor.id,
    amount: '1.00',
    idempotencyKey,
  });
  const second = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '2.00' });
  await wg.payments.reverse(second.id);
  const ids = async (filter: Parameters<typeof wg.payments.list>[0]) =>
    (await wg.payments.list({ walletId: vendor.id, ...filter })).data.map(({ id }) => id);
  assert.deepEqual(await ids({}), [second.id, first.id]);
  assert.deepEqual(await ids({ status: 'POSTED' }), [first.id]);
  assert.deepEqual(await ids({ status: 'REVERSED' }), [second.id]);
  assert.deepEqual(await ids({ idempotencyKey }), [first.id]);
  assert.deepEqual(await ids({ createdAfter: new Date(Date.now() + 86_400_000) }), []);
  assert.deepEqual(await ids({ createdBefore: new Date(Date.now() + 86_400_000) }), [
    second.id,
    first.id,
  ]);
});

test('a wallet without the money does not pay', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor('45.00');
  const payment = wg.payments.send({ from: buyer.id, to: vendor.id, amount: '100.00' });
  const error = await refusal(InsufficientFundsError, payment);
  assert.equal(error.statusCode, 402);
  assert.equal(error.message, 'Wallet balance of 45.00 is less than the requested amount 100.00');
  assert.equal(error.details?.walletId, buyer.id);
  assert.equal(error.details?.balance, '45.00000000');
  assert.equal(error.details?.requested, '100.00');
  assert.equal(error.details?.required, '100.50');
  // The fee alone can be what is missing.
  await refusal(
    InsufficientFundsError,
    wg.payments.send({ from: buyer.id, to: vendor.id, amount: '45.00' }),
  );
  assert.equal(await available(wg, buyer.id), '45.00');
});

test('a payment that cannot be meant is refused', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const from = buyer.id;
  await refusal(InvalidAmountError, wg.payments.send({ from, to: vendor.id, amount: '0.00' }));
  await refusal(InvalidAmountError, wg.payments.send({ from, to: vendor.id, amount: '-5' }));
  await refusal(ValidationError, wg.payments.send({ from, to: from, amount: '5.00' }));
  const missing = await refusal(
    WalletNotFoundError,
    wg.payments.send({ from: 'wal_x', to: from, amount: '5.00' }),
  );
  assert.equal(missing.details?.walletId, 'wal_x');
  await refusal(WalletNotFoundError, wg.payments.send({ from, to: 'wal_x', amount: '5.00' }));
  const across = { from: server.liveWalletId, to: vendor.id, amount: '5.00' };
  await refusal(EnvironmentMismatchError, wg.payments.send(across));
  assert.equal(await available(wg, buyer.id), '1000.00');
});

test('a merchant nobody knows is not found, by ID or by domain', async () => {
  const { wg, buyer } = await buyerAndVendor();
  const byId = { from: buyer.id, merchantId: 'mer_x', amount: '5.00' };
  const error = await refusal(MerchantNotFoundError, wg.payments.send(byId));
  assert.equal(error.statusCode, 404);
  const byDomain = {
    fromWalletId: buyer.id,
    merchantHint: { domain: 'shop.test' },
    amount: '5.00',
  };
  await refusal(MerchantNotFoundError, wg.payments.send(byDomain));
});

test('a payment is reversed whole, with its fee, and only once', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const { id } = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '50.00' });
  const reversed = await wg.payments.reverse(id, { reason: 'ordered twice' });
  assert.equal(reversed.id, id);
  assert.equal(reversed.status, 'REVERSED');
  assert.match(reversed.reversalId, /^txn_/);
  assert.equal(await available(wg, buyer.id), '1000.00');
  assert.equal(await available(wg, vendor.id), '0.00');
  const again = await refusal(ReversalNotAllowedError, wg.payments.reverse(id));
  assert.equal(again.statusCode, 422);
  assert.equal(typeof again.details?.reason, 'string');
});

test('a payment is reversed in parts that never add up to more than it was', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const { id } = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '50.00' });
  const part = await wg.payments.reverse(id, { amount: '20.00' });
  assert.equal(part.status, 'PARTIALLY_REVERSED');
  assert.equal(part.reversedAmount, '20.00');
  const tooMuch = await refusal(
    ReversalNotAllowedError,
    wg.payments.reverse(id, { amount: '30.01' }),
  );
  assert.equal(tooMuch.details?.remaining, '30.00');
  const rest = await wg.payments.reverse(id, { amount: 30 });
  assert.equal(rest.status, 'REVERSED');
  assert.equal(rest.reversedAmount, '50.00');
  assert.equal(await available(wg, buyer.id), '999.75');
});

test('a receiver who has spent the money cannot give it back', async () => {
  const { wg, buyer, vendor } = await buyerAndVendor();
  const { id } = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '50.00' });
  await wg.payments.send({ from: vendor.id, to: buyer.id, amount: '40.00' });
  await refusal(InsufficientFundsError, wg.payments.reverse(id));
});
