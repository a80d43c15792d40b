// The code samples of the reference document about transfers and cards, as `seeds.test.ts` has the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CardNotFoundError, TransferNotFoundError, Wallgent, WallgentError } from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, BANK_ACCOUNT, fundedWallet } from './support/world.ts';

let wg: Wallgent;
let walletId: string;
let savingsId: string;
let bankAccountId: string;
let depositId: string;
let withdrawalId: string;
let cardId: string;

const server = useServer({
  async prepare(started) {
    wg = started.wg;
    walletId = (await fundedWallet(wg, '1000.00', 'Operations')).id;
    savingsId = (await wg.wallets.create({ name: 'Savings' })).id;
  },
});

test('reference: Deposit', async () => {
  const linked = await wg.bankAccounts.create(BANK_ACCOUNT);
  bankAccountId = linked.id;
  const deposit = await wg.transfers.deposit({
    walletId: walletId,
    amount: '1000.00',
    currency: 'USD',
    bankAccountId: bankAccountId,
  });
  assert.match(deposit.id, /^xfr_01/);
  assert.match(deposit.bankAccountId ?? '', /^ba_01/);
  assert.equal(deposit.direction, 'DEPOSIT');
  depositId = deposit.id;
});

test('reference: Withdraw', async () => {
  const withdrawal = await wg.transfers.withdraw({
    walletId: walletId,
    amount: '500.00',
    currency: 'USD',
    bankAccountId: bankAccountId,
  });
  assert.equal(withdrawal.direction, 'WITHDRAWAL');
  assert.equal(withdrawal.amount, '500.00');
  withdrawalId = withdrawal.id;
});

test('reference: Internal Transfer', async () => {
  const transfer = await wg.transfers.internal({
    fromWalletId: walletId,
    toWalletId: savingsId,
    amount: '250.00',
    description: 'Move to savings',
  });
  assert.equal(transfer.status, 'COMPLETED');
  assert.equal(await available(wg, savingsId), '250.00');
});

test('reference: List Transfers', async () => {
  const result = await wg.transfers.list({
    walletId: walletId,
    direction: 'DEPOSIT',
    limit: 20,
  });
  assert.deepEqual(
    result.data.map(({ id }) => id),
    [depositId],
  );
  assert.ok(!result.data.some(({ id }) => id === withdrawalId));
});

test('reference: Get Transfer', async () => {
  const transfer = await wg.transfers.get(depositId);
  assert.equal(transfer.id, depositId);
  // “Transfer ID does not exist”
  await refusal(TransferNotFoundError, wg.transfers.get('xfr_01J_transfer_id'));
});

test('reference: Create a Card', async () => {
  const card = await wg.cards.create({
    walletId: walletId,
    type: 'PERSISTENT',
    spendingLimits: [{ amount: '500.00', interval: 'monthly' }],
  });
  assert.match(card.id, /^crd_01/);
  assert.deepEqual(card.spendingLimits, [{ amount: '500.00', interval: 'monthly' }]);
  cardId = card.id;
});

test('reference: List Cards', async () => {
  const cards = await wg.cards.list({ walletId: walletId });
  assert.deepEqual(
    cards.data.map(({ id }) => id),
    [cardId],
  );
});

test('reference: Get Card Details (Sensitive)', async () => {
  const details = await wg.cards.getDetails(cardId);
  assert.match(details.number, /^4242\d{12}$/);
  assert.match(details.cvc, /^\d{3}$/);
  assert.ok(details.expMonth >= 1 && details.expMonth <= 12);
  assert.ok(details.expYear > 2025);

  // “Requires cards:sensitive_read permission.”
  const { secret } = await wg.apiKeys.create({ permissions: ['payments:read', 'payments:write'] });
  const reader = new Wallgent(secret, { baseUrl: server.url });
  const { code, details: why } = await refusal(WallgentError, reader.cards.getDetails(cardId));
  assert.deepEqual([code, why?.required], ['PERMISSION_DENIED', 'cards:sensitive_read']);
});

test('reference: Freeze / Unfreeze', async () => {
  await wg.cards.update(cardId, { status: 'INACTIVE' }); // freeze
  assert.equal((await wg.cards.get(cardId)).status, 'INACTIVE');
  await wg.cards.update(cardId, { status: 'ACTIVE' }); // unfreeze
  assert.equal((await wg.cards.get(cardId)).status, 'ACTIVE');
});

test('reference: Cancel', async () => {
  await wg.cards.cancel(cardId);
  assert.equal((await wg.cards.get(cardId)).status, 'CANCELLED');
  // “Card ID does not exist”
  await refusal(CardNotFoundError, wg.cards.get('crd_01J_card_id'));
});
