import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  ClosedLoopUnavailableError,
  collectAll,
  EnvironmentMismatchError,
  MerchantNotFoundError,
  MerchantSuspendedError,
  PolicyDeniedError,
  ValidationError,
  WalletNotFoundError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer({ testClock: '2026-01-30T12:00:00Z' });

let shops = 0;

/** A merchant of an organization of its own. */
async function shop(params: object = {}) {
  const owner = await server.foundOrganization('SELF_HOSTED');
  const domain = `shop-${(shops += 1)}.example.com`;
  const merchant = await owner.wg.merchants.create({ name: 'Shop', domain, ...params });
  return { ...owner, merchant };
}

test('a profile is made once, read, listed and changed', async () => {
  const { wg, live, sandboxWalletId } = await server.foundOrganization('SELF_HOSTED');
  const merchant = await wg.merchants.create({ name: 'Acme', domain: 'Shop.Acme.com' });
  const { id, createdAt, updatedAt, ...rest } = merchant;
  assert.match(id, /^mer_01/);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    name: 'Acme',
    domain: 'shop.acme.com',
    domainVerified: true,
    domainVerification: null,
    settlementWalletId: sandboxWalletId,
    closedLoop: true,
    status: 'ACTIVE',
  });
  assert.deepEqual(await wg.merchants.get(id), merchant);
  assert.deepEqual(await wg.merchants.retrieve(id), merchant);
  assert.deepEqual(await collectAll((cursor) => wg.merchants.list({ cursor })), [merchant]);
  const second = wg.merchants.create({ name: 'Acme', domain: 'other.acme.com' });
  assert.equal((await refusal(WallgentError, second)).code, 'CONFLICT');

  const till = await wg.wallets.create({ name: 'Till' });
  const changed = await wg.merchants.update(id, {
    name: 'Acme Store',
    settlementWalletId: till.id,
    closedLoop: false,
  });
  assert.deepEqual(
    [changed.name, changed.settlementWalletId, changed.closedLoop, changed.domain],
    ['Acme Store', till.id, false, 'shop.acme.com'],
  );

  // There is one in each environment; for real money a domain is verified first.
  const real = await live.merchants.create({ name: 'Acme', domain: 'shop.acme.com' });
  assert.equal(real.domainVerified, false);
  assert.equal(real.domainVerification?.recordType, 'TXT');
  assert.ok(real.domainVerification.recordName.endsWith('shop.acme.com'));
  assert.ok(real.domainVerification.recordValue.length > 0);
  await server.operate('merchant', 'verify', real.id);
  assert.equal((await live.merchants.get(real.id)).domainVerified, true);
  await refusal(EnvironmentMismatchError, live.merchants.get(id));
});

test('it is paid by its ID or its domain, without a fee', async () => {
  const { wg } = server;
  const { merchant, sandboxWalletId, ...owner } = await shop();
  const payer = await fundedWallet(wg, '100.00');
  const pay = { from: payer.id, amount: '10.00' };
  const paid = await wg.payments.send({ ...pay, merchantId: merchant.id });
  assert.deepEqual([paid.rail, paid.merchantId, paid.fee], ['CLOSED_LOOP', merchant.id, '0.00']);
  assert.equal(paid.to, sandboxWalletId);
  for (const domain of [merchant.domain, `www.${merchant.domain}`]) {
    const byDomain = await wg.payments.send({ ...pay, merchantHint: { domain } });
    assert.equal(byDomain.merchantId, merchant.id);
  }
  const batch = await wg.payments.batch({ payments: [{ ...pay, merchantId: merchant.id }] });
  assert.equal(batch.summary.succeeded, 1);
  assert.equal(await available(wg, payer.id), '60.00');
  assert.equal(await available(owner.wg, sandboxWalletId), '40.00');

  const byCard = { ...pay, merchantId: merchant.id, preference: 'card_only' } as const;
  await refusal(ClosedLoopUnavailableError, wg.payments.send(byCard));
  await owner.wg.merchants.update(merchant.id, { closedLoop: false });
  await refusal(ClosedLoopUnavailableError, wg.payments.send({ ...pay, merchantId: merchant.id }));
});

test('the rules of the paying wallet apply, and may name it', async () => {
  const { wg } = server;
  const { merchant } = await shop();
  const payer = await fundedWallet(wg, '100.00');
  const pay = () => wg.payments.send({ from: payer.id, merchantId: merchant.id, amount: '10.00' });
  const rules = { name: 'Shops', approvedRecipients: [merchant.id] };
  const policy = await wg.policies.create(payer.id, rules);
  assert.equal((await pay()).status, 'POSTED');
  await wg.policies.update(policy.id, {
    approvedRecipients: null,
    blockedRecipients: [merchant.id],
  });
  await refusal(PolicyDeniedError, pay());
  await wg.policies.update(policy.id, { blockedRecipients: null, requireHumanApproval: true });
  const { approvalId } = await refusal(ApprovalRequiredError, pay());
  const { payment } = await wg.approvals.approve(approvalId ?? '');
  assert.equal(payment?.merchantId, merchant.id);
});

test('one that is suspended receives nothing, by links and invoices neither', async () => {
  const { wg } = server;
  const { merchant, ...owner } = await shop();
  const walletId = merchant.settlementWalletId;
  const link = await owner.wg.paymentLinks.create({ walletId, amount: '5.00', maxUses: 2 });
  const { id: customerId } = await owner.wg.customers.create({ email: 'jane@acme.example' });
  const lineItems = [{ description: 'Data', unitPrice: '7.00' }];
  const draft = await owner.wg.invoices.create({ walletId, customerId, lineItems });
  const invoice = await owner.wg.invoices.finalize(draft.id);
  const { id: fromWalletId } = await fundedWallet(wg, '100.00');
  const payments = [
    () => wg.payments.send({ fromWalletId, merchantId: merchant.id, amount: '10.00' }),
    () => wg.paymentLinks.pay(link.slug, { fromWalletId }),
    () => wg.paymentLinks.pay(link.slug, { testMethod: { type: 'card' } }),
    () => wg.invoices.pay(invoice.slug, { fromWalletId }),
  ];
  await server.operate('merchant', 'suspend', merchant.id);
  assert.equal((await owner.wg.merchants.get(merchant.id)).status, 'SUSPENDED');
  for (const pay of payments) await refusal(MerchantSuspendedError, pay());
  await server.operate('merchant', 'resume', merchant.id);
  for (const pay of payments) await pay();

  const { data } = await owner.wg.merchants.listPayments();
  assert.deepEqual(
    data.map(({ amount, fromName }) => [amount, fromName]),
    [
      ['7.00', 'Buyer'],
      ['5.00', null],
      ['5.00', 'Buyer'],
      ['10.00', 'Buyer'],
    ],
  );
});

test('what it received is counted, paged and added up', async () => {
  const { wg } = server;
  const { merchant, ...owner } = await shop();
  const payer = await fundedWallet(wg, '1000.00', 'Faithful customer');
  const pay = (amount: number) =>
    wg.payments.send({ from: payer.id, merchantId: merchant.id, amount, description: 'Order' });
  const none = await owner.wg.merchants.getSettlementOverview();
  assert.deepEqual(none, {
    merchantId: merchant.id,
    merchantName: 'Shop',
    settlementWalletId: merchant.settlementWalletId,
    balance: { amount: '0.00', currency: 'USD', status: 'AVAILABLE' },
    today: { count: 0, total: '0.00' },
    month: { count: 0, total: '0.00' },
    recentPayments: [],
  });
  await pay(1);
  await pay(2);
  await wg.sandbox.advanceClock({ to: '2026-01-31T12:00:00Z' });
  await pay(3);
  const { id, createdAt } = await pay(4);

  const overview = await owner.wg.merchants.getSettlementOverview();
  assert.deepEqual(overview.today, { count: 2, total: '7.00' });
  assert.deepEqual(overview.month, { count: 4, total: '10.00' });
  const [newest] = overview.recentPayments;
  assert.deepEqual(newest, {
    id,
    amount: '4.00',
    currency: 'USD',
    description: 'Order',
    from: payer.id,
    fromName: 'Faithful customer',
    status: 'POSTED',
    createdAt,
  });

  const { data, ...page } = await owner.wg.merchants.listPayments({ limit: 2, offset: 1 });
  assert.deepEqual(page, { total: 4, limit: 2, offset: 1 });
  assert.deepEqual(
    data.map(({ amount }) => amount),
    ['3.00', '2.00'],
  );
  const amounts: string[] = [];
  for await (const received of owner.wg.merchants.listPayments({ limit: 1, offset: 1 })) {
    amounts.push(received.amount);
  }
  assert.deepEqual(amounts, ['3.00', '2.00', '1.00']);
  const day = { startDate: '2026-01-30', endDate: '2026-01-30' };
  assert.equal((await owner.wg.merchants.listPayments(day)).total, 2);

  const trend = async (params: object) =>
    (await owner.wg.merchants.getAnalytics(params)).volumeTrend;
  assert.deepEqual(await trend({ from: '2026-01-29', to: '2026-01-31' }), [
    { date: '2026-01-29', count: 0, volume: '0.00' },
    { date: '2026-01-30', count: 2, volume: '3.00' },
    { date: '2026-01-31', count: 2, volume: '7.00' },
  ]);
  assert.deepEqual(await trend({ from: '2026-01-01', to: '2026-01-31', groupBy: 'month' }), [
    { date: '2026-01-01', count: 4, volume: '10.00' },
  ]);
});

test('what became of a merchant is told', async () => {
  const { merchant, wg } = await shop();
  await wg.merchants.update(merchant.id, { name: 'Renamed' });
  await server.operate('merchant', 'suspend', merchant.id);
  await server.operate('merchant', 'resume', merchant.id);
  const told: unknown[] = [];
  for await (const event of wg.events.list({ type: 'merchant.*' })) {
    if (event.type === 'merchant.updated') told.push(event.data.name);
    else told.push(event.type);
  }
  assert.deepEqual(told, ['merchant.created', 'Renamed', 'merchant.suspended', 'merchant.resumed']);
});

test('what is wrong is said', async () => {
  const { wg } = server;
  const unknown = 'mer_01J00000000000000000000000';
  const payer = await fundedWallet(wg, '10.00');
  for (const call of [
    () => wg.merchants.get(unknown),
    () => wg.merchants.update(unknown, { name: 'Nobody' }),
    () => wg.merchants.getSettlementOverview(),
    () => wg.merchants.listPayments(),
    () => wg.merchants.getAnalytics(),
    () => wg.payments.send({ from: payer.id, merchantId: unknown, amount: 1 }),
    () => wg.payments.send({ from: payer.id, merchantHint: { domain: 'example.net' }, amount: 1 }),
  ]) {
    await refusal(MerchantNotFoundError, call());
  }
  const { merchant, ...owner } = await shop();
  const taken = wg.merchants.create({ name: 'Copy', domain: merchant.domain });
  assert.equal((await refusal(WallgentError, taken)).code, 'CONFLICT');
  for (const domain of ['co.uk', 'localhost', 'https://shop.example.com', '127.0.0.1']) {
    await refusal(ValidationError, wg.merchants.create({ name: 'Bad', domain }));
  }
  const nowhere = owner.wg.merchants.update(merchant.id, { settlementWalletId: 'wal_x' });
  await refusal(WalletNotFoundError, nowhere);
  for (const wrong of [{ limit: 0 }, { offset: -1 }, { startDate: 'yesterday' }]) {
    await refusal(ValidationError, owner.wg.merchants.listPayments(wrong));
  }
  await refusal(ValidationError, owner.wg.merchants.getAnalytics({ from: '2026-02-30' }));
});
