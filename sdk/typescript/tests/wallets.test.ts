import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  collectAll,
  EnvironmentMismatchError,
  InvalidAmountError,
  PolicyDeniedError,
  SandboxOnlyError,
  ValidationError,
  WalletFrozenError,
  WalletNotFoundError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer();

test('a wallet is created, read under both names, changed and read again', async () => {
  const { wg } = server;
  const metadata = { department: 'engineering', tier: 2 };
  const wallet = await wg.wallets.create({ name: 'Research', agentName: 'research-bot', metadata });
  assert.match(wallet.id, /^wal_[0-9A-Z]{26}$/);
  assert.match(wallet.wallgentAddress, /^wg_/);
  assert.equal(wallet.organizationId, server.organizationId);
  assert.equal(wallet.environment, 'SANDBOX');
  assert.equal(wallet.walletType, 'STANDARD');
  assert.equal(wallet.status, 'ACTIVE');
  assert.equal(wallet.balance, '0.00');
  assert.equal(wallet.currency, 'USD');
  assert.deepEqual(wallet.metadata, metadata);
  assert.deepEqual(await wg.wallets.get(wallet.id), wallet);
  assert.deepEqual(await wg.wallets.retrieve(wallet.id), wallet);

  const changed = await wg.wallets.update(wallet.id, { name: 'Analysis', discoverable: true });
  assert.equal(changed.name, 'Analysis');
  assert.equal(changed.agentName, 'research-bot');
  assert.equal(changed.discoverable, true);
  assert.deepEqual(await wg.wallets.get(wallet.id), changed);
});

test('funding adds test money, given as a string or as a number', async () => {
  const { wg } = server;
  const { id } = await wg.wallets.create({ name: 'Buyer' });
  const funding = await wg.wallets.fund(id, { amount: '250.00' });
  assert.match(funding.transactionId, /^txn_/);
  assert.equal(funding.walletId, id);
  assert.equal(funding.amount, '250.00');
  assert.equal(funding.newBalance, '250.00');
  assert.equal((await wg.wallets.fund(id, { amount: 0.12345678 })).newBalance, '250.12345678');
  assert.deepEqual(await wg.wallets.getBalance(id), {
    walletId: id,
    available: '250.12345678',
    pending: '0.00',
    held: '0.00',
    balance: '250.12345678',
    currency: 'USD',
  });
});

test('an amount that is no amount is refused', async () => {
  const { wg } = server;
  const { id } = await wg.wallets.create({ name: 'Buyer' });
  for (const amount of ['0', '-1.00', '1.123456789', '01.00', 'ten', '1e3', 0.1 + 0.2]) {
    const error = await refusal(InvalidAmountError, wg.wallets.fund(id, { amount }));
    assert.equal(error.statusCode, 400);
    assert.equal(error.details?.field, 'amount');
  }
  const tooMuch = await refusal(InvalidAmountError, wg.wallets.fund(id, { amount: '10000.01' }));
  assert.equal(tooMuch.details?.maximum, '10000.00');
  assert.equal(await available(wg, id), '0.00');
});

test('a request of the wrong shape names its bad fields', async () => {
  const error = await refusal(ValidationError, server.wg.wallets.create({ name: '' }));
  assert.deepEqual(
    error.details?.fields?.map(({ path }) => path),
    ['name'],
  );
  assert.equal(error.statusCode, 400);
  assert.equal(typeof error.requestId, 'string');
});

test('test money is for the sandbox only', async () => {
  const funding = server.live.wallets.fund(server.liveWalletId, { amount: '1.00' });
  const error = await refusal(SandboxOnlyError, funding);
  assert.equal(error.statusCode, 403);
});

test('a wallet of the other environment is told apart from one that does not exist', async () => {
  await refusal(EnvironmentMismatchError, server.wg.wallets.get(server.liveWalletId));
  await refusal(EnvironmentMismatchError, server.live.wallets.get(server.sandboxWalletId));
  const missing = await refusal(WalletNotFoundError, server.wg.wallets.get('wal_01J_wallet_id'));
  assert.equal(missing.statusCode, 404);
  assert.equal((await server.live.wallets.get(server.liveWalletId)).environment, 'PRODUCTION');
});

test('a frozen wallet receives but does not pay, until it is unfrozen', async () => {
  const { wg } = server;
  const [buyer, vendor] = [await fundedWallet(wg, '100.00'), await fundedWallet(wg, '100.00')];
  const payment = { from: buyer.id, to: vendor.id, amount: '10.00' };
  assert.equal(
    (await wg.wallets.freeze(buyer.id, { reason: 'unusual spending' })).status,
    'FROZEN',
  );
  const error = await refusal(WalletFrozenError, wg.payments.send(payment));
  assert.equal(error.statusCode, 403);
  await refusal(WalletFrozenError, wg.wallets.fund(buyer.id, { amount: '1.00' }));
  await wg.payments.send({ from: vendor.id, to: buyer.id, amount: '5.00' });
  assert.equal((await wg.wallets.unfreeze(buyer.id)).status, 'ACTIVE');
  await wg.payments.send(payment);
  assert.equal(await available(wg, buyer.id), '94.75');
});

test('a wallet closes only when it is empty, and stays closed', async () => {
  const { wg } = server;
  const full = await fundedWallet(wg, '1.00');
  const error = await refusal(WallgentError, wg.wallets.close(full.id));
  assert.equal(error.code, 'CONFLICT');
  assert.equal(error.statusCode, 409);
  const empty = await wg.wallets.create({ name: 'Short-lived' });
  assert.equal((await wg.wallets.close(empty.id)).status, 'CLOSED');
  const late = await refusal(WallgentError, wg.wallets.unfreeze(empty.id));
  assert.equal(late.code, 'CONFLICT');
});

test('a list comes in pages, newest first, and filters hold on every page', async () => {
  const { wg } = server;
  const made: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    const { id } = await wg.wallets.create({ name: `Page ${index}` });
    await wg.wallets.freeze(id);
    made.unshift(id);
  }
  const first = await wg.wallets.list({ status: 'FROZEN', limit: 2 });
  assert.deepEqual(
    first.data.map(({ id }) => id),
    made.slice(0, 2),
  );
  assert.equal(first.hasMore, true);
  const second = await wg.wallets.list({ status: 'FROZEN', limit: 2, cursor: first.cursor });
  assert.deepEqual(
    second.data.map(({ id }) => id),
    made.slice(2, 4),
  );

  const iterated: string[] = [];
  for await (const { id } of wg.wallets.list({ status: 'FROZEN', limit: 2 })) iterated.push(id);
  assert.deepEqual(iterated, made);
  const collected = await collectAll((cursor) =>
    wg.wallets.list({ status: 'FROZEN', limit: 2, cursor }),
  );
  assert.deepEqual(
    collected.map(({ id }) => id),
    made,
  );

  const last = await wg.wallets.list({ status: 'FROZEN', limit: 100 });
  assert.equal(last.hasMore, false);
  assert.equal(last.cursor, null);
  const organization = await wg.wallets.list({ type: 'ORG' });
  assert.deepEqual(
    organization.data.map(({ id }) => id),
    [server.sandboxWalletId],
  );
});

test('a cursor or limit that cannot be is refused', async () => {
  await refusal(ValidationError, server.wg.wallets.list({ cursor: 'nonsense' }));
  await refusal(ValidationError, server.wg.wallets.list({ limit: 0 }));
  await refusal(ValidationError, server.wg.wallets.list({ limit: 101 }));
});

test('the account of a wallet shows every movement with the balance after it', async () => {
  const { wg } = server;
  const [buyer, vendor] = [
    await fundedWallet(wg, '100.00'),
    await wg.wallets.create({ name: 'Vendor' }),
  ];
  const payment = await wg.payments.send({ from: buyer.id, to: vendor.id, amount: '40.00' });
  const entries = await collectAll((cursor) =>
    wg.wallets.listTransactions(buyer.id, { limit: 1, cursor }),
  );
  assert.equal(entries[0]?.balanceAfter, '59.75');
  assert.ok(entries.every(({ walletId }) => walletId === buyer.id));
  const debits = entries.filter(({ transactionId }) => transactionId === payment.id);
  assert.ok(debits.length > 0 && debits.every(({ direction }) => direction === 'DEBIT'));
  assert.equal(
    debits.reduce((sum, { amount }) => sum + Number(amount), 0),
    40.25,
  );
  const oldest = entries.at(-1);
  assert.deepEqual(
    [oldest?.direction, oldest?.amount, oldest?.balanceAfter],
    ['CREDIT', '100.00', '100.00'],
  );
  const received = await wg.wallets.listTransactions(vendor.id);
  assert.deepEqual(
    received.data.map(({ direction, amount }) => [direction, amount]),
    [['CREDIT', '40.00']],
  );
});

test('what policies denied is recorded with the wallet', async () => {
  const { wg } = server;
  const [buyer, vendor] = [
    await fundedWallet(wg, '100.00'),
    await wg.wallets.create({ name: 'Vendor' }),
  ];
  await wg.policies.create(buyer.id, { name: 'Small change', maxTransactionAmount: '10.00' });
  await refusal(
    PolicyDeniedError,
    wg.payments.send({ from: buyer.id, to: vendor.id, amount: '10.01' }),
  );
  const denied = await wg.wallets.listPolicyEvaluations(buyer.id, { result: 'DENY' });
  assert.equal(denied.data.length, 1);
  assert.match(denied.data[0]?.id ?? '', /^pev_/);
  assert.equal(denied.data[0]?.walletId, buyer.id);
  const waiting = await wg.wallets.listPolicyEvaluations(buyer.id, { result: 'REQUIRE_APPROVAL' });
  assert.equal(waiting.data.length, 0);
});
