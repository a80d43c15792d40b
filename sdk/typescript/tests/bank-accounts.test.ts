import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValidationError, WallgentError } from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { BANK_ACCOUNT, fundedAgent } from './support/world.ts';

const server = useServer();

test('a bank account is linked, read, listed and removed', async () => {
  const { wg } = server;
  const linked = await wg.bankAccounts.create({ ...BANK_ACCOUNT, nickname: 'Operating' });
  const { id, createdAt, updatedAt, ...rest } = linked;
  assert.match(id, /^ba_01/);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    nickname: 'Operating',
    bankName: null,
    accountHolderName: 'Acme Inc.',
    routingNumber: '021000021',
    accountNumberLast4: '6789',
    accountType: 'CHECKING',
    status: 'VERIFIED',
  });
  assert.deepEqual(await wg.bankAccounts.get(id), linked);
  assert.deepEqual(await wg.bankAccounts.retrieve(id), linked);
  const other = await wg.bankAccounts.link({ ...BANK_ACCOUNT, accountType: 'SAVINGS' });
  const ids = (await wg.bankAccounts.list()).data.map((account) => account.id);
  assert.deepEqual(ids.sort(), [id, other.id].sort());

  assert.deepEqual(await wg.bankAccounts.delete(id), { id, deleted: true, removed: true });
  assert.equal((await wg.bankAccounts.remove(other.id)).removed, true);
  assert.equal((await wg.bankAccounts.get(id)).status, 'REMOVED');
});

test('what is wrong with an account is told without its number', async () => {
  const { wg } = server;
  const wrong = { ...BANK_ACCOUNT, routingNumber: '021000022', accountNumber: '123' };
  const error = await refusal(ValidationError, wg.bankAccounts.create(wrong));
  assert.deepEqual(
    error.details?.fields?.map(({ path }) => path),
    ['routingNumber', 'accountNumber'],
  );
  for (const id of ['ba_x', 'ba_01J00000000000000000000000']) {
    const missing = await refusal(WallgentError, wg.bankAccounts.get(id));
    assert.deepEqual([missing.code, missing.details?.resource], ['NOT_FOUND', 'bank_account']);
  }
});

test('in production two small deposits prove whose it is', async () => {
  const { live } = server;
  const { id, status } = await live.bankAccounts.create(BANK_ACCOUNT);
  assert.equal(status, 'PENDING');
  const wrong = live.bankAccounts.verify(id, { amounts: ['0.01', 0.02] });
  assert.equal((await refusal(ValidationError, wrong)).details?.triesLeft, 2);
  const verified = await live.bankAccounts.verify(id, { amounts: ['0.45', 0.32] });
  assert.equal(verified.status, 'VERIFIED');
  await live.bankAccounts.delete(id);
  const gone = live.bankAccounts.verify(id, { amounts: ['0.32', '0.45'] });
  const { code, details } = await refusal(WallgentError, gone);
  assert.deepEqual([code, details?.status], ['CONFLICT', 'REMOVED']);
});

test('only the owner links and removes', async () => {
  const { wg } = server;
  const { id } = await wg.bankAccounts.create(BANK_ACCOUNT);
  await wg.wallets.fund(server.sandboxWalletId, { amount: '10.00' });
  const { itself } = await fundedAgent(server, '10.00');
  const calls = [
    () => itself.bankAccounts.create(BANK_ACCOUNT),
    () => itself.bankAccounts.delete(id),
  ];
  for (const call of calls) {
    const error = await refusal(WallgentError, call());
    assert.deepEqual([error.code, error.details?.ownerOnly], ['PERMISSION_DENIED', true]);
  }
});
