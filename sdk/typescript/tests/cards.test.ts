import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CardNotFoundError,
  collectAll,
  type CreateCardParams,
  InvalidAmountError,
  SandboxOnlyError,
  type SpendingLimitParams,
  ValidationError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedAgent, fundedWallet } from './support/world.ts';

const server = useServer();

const MERCHANT = { name: 'ACME Cloud', category: 'software', domain: 'acme.example' };

/** A card of a new wallet with money in it. */
async function cardWith(amount: string, params: Partial<CreateCardParams> = {}) {
  const { id: walletId } = await fundedWallet(server.wg, amount);
  return server.wg.cards.create({ walletId, ...params });
}

const buy = (cardId: string, amount: string | number, merchant = MERCHANT) =>
  server.wg.sandbox.authorizeCard(cardId, { amount, merchant });

test('a card is issued, read, listed, frozen and cancelled', async () => {
  const { wg } = server;
  const wallet = await fundedWallet(wg, '100.00', 'Shopper');
  const limits: SpendingLimitParams[] = [
    { amount: 500, interval: 'monthly', categories: ['software'] },
  ];
  const card = await wg.cards.create({ walletId: wallet.id, spendingLimits: limits });
  const { id, last4, expMonth, expYear, createdAt, updatedAt, ...rest } = card;
  assert.match(id, /^crd_01/);
  assert.match(last4, /^\d{4}$/);
  assert.ok(expMonth >= 1 && expMonth <= 12 && expYear > 2025);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    walletId: wallet.id,
    cardholderId: null,
    cardholderName: 'Shopper',
    type: 'PERSISTENT',
    status: 'ACTIVE',
    brand: 'VISA',
    spendingLimits: [{ amount: '500.00', interval: 'monthly', categories: ['software'] }],
  });
  assert.deepEqual(await wg.cards.get(id), card);
  assert.deepEqual(await wg.cards.retrieve(id), card);

  const once = await wg.cards.create({ walletId: wallet.id, type: 'SINGLE_USE' });
  const ids = async (params: object) =>
    (await collectAll((cursor) => wg.cards.list({ ...params, cursor, limit: 1 }))).map(
      (found) => found.id,
    );
  assert.deepEqual(await ids({ walletId: wallet.id }), [once.id, id]);
  assert.equal((await wg.cards.update(id, { status: 'INACTIVE' })).status, 'INACTIVE');
  assert.deepEqual(await ids({ walletId: wallet.id, status: 'INACTIVE' }), [id]);
  assert.equal((await wg.cards.update(id, { status: 'ACTIVE' })).status, 'ACTIVE');
  assert.equal((await wg.cards.cancel(id)).status, 'CANCELLED');
  assert.equal((await wg.cards.delete(once.id)).status, 'CANCELLED');
  const late = await refusal(WallgentError, wg.cards.update(id, { status: 'ACTIVE' }));
  assert.deepEqual([late.code, late.details?.status], ['CONFLICT', 'CANCELLED']);
  for (const unknown of ['crd_x', 'crd_01J00000000000000000000000']) {
    await refusal(CardNotFoundError, wg.cards.get(unknown));
    await refusal(CardNotFoundError, wg.cards.getDetails(unknown));
  }
});

test('limits go by any of their names, and by one at a time', async () => {
  const { wg } = server;
  const monthly = { amount: '500.00', interval: 'monthly' } as const;
  for (const params of [
    { spendingLimits: [monthly] },
    { spendingControls: [monthly] },
    { spendingControls: { spendingLimits: [monthly] } },
    { spendingLimit: monthly },
  ]) {
    assert.deepEqual((await cardWith('10.00', params)).spendingLimits, [monthly]);
  }
  const plain = await cardWith('10.00', { spendingLimit: 50 });
  assert.deepEqual(plain.spendingLimits, [{ amount: '50.00', interval: 'all_time' }]);
  const changed = await wg.cards.update(plain.id, { spendingLimits: [monthly] });
  assert.deepEqual(changed.spendingLimits, [monthly]);
  assert.deepEqual((await wg.cards.update(plain.id, { spendingLimits: null })).spendingLimits, []);
  const two = { spendingLimits: [monthly], spendingLimit: 50 } as never;
  await refusal(ValidationError, cardWith('10.00', two));
  await refusal(InvalidAmountError, cardWith('10.00', { spendingLimit: '5.123456789' }));
});

test('a cardholder has a name, in one piece or two', async () => {
  const { wg } = server;
  const ada = await wg.cards.createCardholder({
    firstName: 'Ada',
    lastName: 'Lovelace',
    email: 'ada@example.test',
    dob: '1990-12-31',
    billingAddress: { city: 'London' },
  });
  assert.match(ada.id, /^chd_01/);
  assert.deepEqual([ada.name, ada.billingAddress], ['Ada Lovelace', { city: 'London' }]);
  const card = await cardWith('10.00', { cardholderId: ada.id });
  assert.deepEqual([card.cardholderId, card.cardholderName], [ada.id, 'Ada Lovelace']);
  assert.equal((await cardWith('10.00', { cardholderName: 'Bob' })).cardholderName, 'Bob');
  assert.equal((await wg.cards.createCardholder({ name: 'Grace Hopper' })).firstName, null);
});

test('its number is shown to who may see it, and to no event', async () => {
  const { wg } = server;
  const card = await cardWith('10.00');
  const details = await wg.cards.getDetails(card.id);
  assert.deepEqual([details.id, details.pan, details.cvv], [card.id, details.number, details.cvc]);
  assert.equal(details.number.slice(-4), card.last4);
  assert.deepEqual([details.expMonth, details.expYear], [card.expMonth, card.expYear]);
  const { data } = await wg.auditLogs.list({ action: 'card.details_viewed', resource: card.id });
  assert.equal(data.length, 1);
  const told = JSON.stringify(await wg.events.list({ type: 'card.*', limit: 100 }));
  assert.ok(told.includes(card.id) && !told.includes(details.number));
});

test('what is bought is held, then captured, released or given back', async () => {
  const { wg } = server;
  const card = await cardWith('100.00');
  const bought = await buy(card.id, '25.00');
  assert.match(bought.id, /^cau_01/);
  assert.deepEqual([bought.status, bought.heldAmount, bought.reason], ['APPROVED', '25.00', null]);
  assert.deepEqual(bought.merchant, { ...MERCHANT, country: null, id: null });
  assert.equal(await available(wg, card.walletId), '75.00');

  const part = await wg.sandbox.captureAuthorization(bought.id, { amount: 20 });
  assert.deepEqual([part.status, part.capturedAmount], ['PARTIALLY_CAPTURED', '20.00']);
  const over = wg.sandbox.captureAuthorization(bought.id, { amount: '5.01' });
  assert.equal((await refusal(InvalidAmountError, over)).details?.maximum, '5.00');
  const rest = await wg.sandbox.reverseAuthorization(bought.id);
  assert.deepEqual([rest.status, rest.releasedAmount], ['CAPTURED', '5.00']);
  assert.equal(await available(wg, card.walletId), '80.00');
  const some = await wg.sandbox.refundAuthorization(bought.id, { amount: '8.00' });
  assert.equal(some.status, 'PARTIALLY_REFUNDED');
  const all = await wg.sandbox.refundAuthorization(bought.id);
  assert.deepEqual([all.status, all.refundedAmount], ['REFUNDED', '20.00']);
  assert.equal(await available(wg, card.walletId), '100.00');
  const again = await refusal(WallgentError, wg.sandbox.refundAuthorization(bought.id));
  assert.deepEqual([again.code, again.details?.status], ['CONFLICT', 'REFUNDED']);
  const [listed] = (await wg.cards.listAuthorizations(card.id)).data;
  assert.deepEqual(listed, all);
  await refusal(SandboxOnlyError, server.live.sandbox.captureAuthorization(bought.id));
  const unknown = wg.sandbox.captureAuthorization('cau_01J00000000000000000000000');
  assert.equal((await refusal(WallgentError, unknown)).code, 'NOT_FOUND');
});

test('a purchase that is declined is an answer, which says why', async () => {
  const { wg } = server;
  const card = await cardWith('100.00', { spendingLimit: '90.00' });
  assert.equal((await buy(card.id, '90.01')).declineReason, 'SPENDING_LIMIT');
  await wg.cards.update(card.id, { status: 'INACTIVE' });
  const declined = await buy(card.id, '1.00');
  assert.deepEqual([declined.status, declined.reason], ['DECLINED', 'CARD_INACTIVE']);
  assert.ok(declined.declineMessage);
  await wg.cards.update(card.id, { status: 'ACTIVE' });
  await wg.policies.create(card.walletId, { name: 'Shops', approvedRecipients: ['shop.example'] });
  assert.equal((await buy(card.id, '1.00')).declineReason, 'POLICY_DENIED');
  const shop = { ...MERCHANT, domain: 'shop.example' };
  assert.equal((await buy(card.id, '1.00', shop)).status, 'APPROVED');
  const once = await cardWith('10.00', { type: 'SINGLE_USE' });
  assert.equal((await buy(once.id, '11.00')).declineReason, 'INSUFFICIENT_FUNDS');
  const { id } = await buy(once.id, '10.00');
  await wg.sandbox.captureAuthorization(id);
  assert.equal((await wg.cards.get(once.id)).status, 'CANCELLED');
});

test('what becomes of a card is told', async () => {
  const { wg, organizationId } = await server.foundOrganization('SELF_HOSTED');
  const { id: walletId } = await fundedWallet(wg, '100.00');
  const { id } = await wg.cards.create({ walletId });
  const buying = (amount: string) => wg.sandbox.authorizeCard(id, { amount, merchant: MERCHANT });
  const first = await buying('10.00');
  await wg.sandbox.captureAuthorization(first.id, { amount: '6.00' });
  await wg.sandbox.reverseAuthorization(first.id);
  await wg.sandbox.refundAuthorization(first.id);
  const policy = await wg.policies.create(walletId, { name: 'Nobody', approvedRecipients: [] });
  const declined = await buying('5.00');
  await wg.cards.update(id, { status: 'INACTIVE', spendingLimit: 50 });
  await wg.cards.update(id, { status: 'ACTIVE' });
  await wg.cards.cancel(id);

  const events = await collectAll((cursor) => wg.events.list({ cursor, limit: 100 }));
  assert.ok(events.every((event) => event.organizationId === organizationId));
  const seen: unknown[] = [];
  for (const event of events) {
    if (event.type === 'card.captured') seen.push([event.type, event.data.capturedNow]);
    else if (event.type === 'card.reversed')
      seen.push([event.type, event.data.releasedNow, event.data.releaseReason]);
    else if (event.type === 'card.refunded')
      seen.push([event.type, event.data.refundedNow, event.data.refundedTo === walletId]);
    else if (event.type === 'card.declined')
      seen.push([event.type, event.data.reason, event.data.policyId]);
    else if (event.type === 'card.cancelled') seen.push([event.type, event.data.cancelReason]);
    else if (event.type === 'policy.denied') {
      const { walletId: wallet, policyId, reason, violations, amount, to } = event.data;
      assert.deepEqual(
        [wallet, policyId, amount, to],
        [walletId, policy.id, '5.00', MERCHANT.name],
      );
      assert.deepEqual([reason, violations.length], [declined.declineMessage, 1]);
      seen.push([event.type]);
    } else if (event.type.startsWith('card.')) seen.push([event.type]);
  }
  assert.deepEqual(seen, [
    ['card.created'],
    ['card.authorized'],
    ['card.captured', '6.00'],
    ['card.reversed', '4.00', 'REVERSED'],
    ['card.refunded', '6.00', true],
    ['card.declined', 'POLICY_DENIED', policy.id],
    ['policy.denied'],
    ['card.updated'],
    ['card.frozen'],
    ['card.unfrozen'],
    ['card.cancelled', 'REQUESTED'],
  ]);
});

test('an agent has cards of its own wallet, and no others', async () => {
  const { wg } = server;
  await wg.wallets.fund(server.sandboxWalletId, { amount: '100.00' });
  const { agent, itself } = await fundedAgent(server, '50.00');
  const own = await itself.cards.create({ walletId: agent.id });
  const other = await cardWith('10.00');
  await refusal(CardNotFoundError, itself.cards.get(other.id));
  assert.deepEqual(
    (await itself.cards.list()).data.map(({ id }) => id),
    [own.id],
  );
  await wg.agents.delete(agent.id);
  assert.equal((await wg.cards.get(own.id)).status, 'CANCELLED');
});
