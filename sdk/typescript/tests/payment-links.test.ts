import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  collectAll,
  type CreatePaymentLinkParams,
  EnvironmentMismatchError,
  InsufficientFundsError,
  InvalidAmountError,
  PaymentLinkNotFoundError,
  PolicyDeniedError,
  SandboxOnlyError,
  ValidationError,
  WalletNotFoundError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer({ testClock: true });

/** A link to pay 25.00 into a new wallet. */
async function linkOf(params: Partial<CreatePaymentLinkParams> = {}) {
  const { id: walletId } = await server.wg.wallets.create({ name: 'Till' });
  return server.wg.paymentLinks.create({ walletId, amount: '25.00', ...params });
}

test('a link is made, read, listed and cancelled', async () => {
  const { wg } = server;
  const link = await linkOf({ description: 'Freelance payment', metadata: { order: 7 } });
  const { id, slug, walletId, createdAt, updatedAt, ...rest } = link;
  assert.match(id, /^pyl_01/);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    url: `${server.url}/pay/${slug}`,
    amount: '25.00',
    currency: 'USD',
    description: 'Freelance payment',
    status: 'ACTIVE',
    maxUses: 1,
    uses: 0,
    recipientRestrictions: null,
    expiresAt: null,
    metadata: { order: 7 },
  });
  assert.deepEqual(await wg.paymentLinks.get(id), link);
  assert.deepEqual(await wg.paymentLinks.retrieve(id), link);

  const other = await wg.paymentLinks.create({ walletId, amount: 5, currency: 'USDC' });
  assert.deepEqual([other.amount, other.currency], ['5.00', 'USDC']);
  const ids = async (params: object) =>
    (await collectAll((cursor) => wg.paymentLinks.list({ ...params, cursor, limit: 1 }))).map(
      (found) => found.id,
    );
  assert.deepEqual(await ids({ walletId }), [other.id, id]);
  const cancelled = await wg.paymentLinks.cancel(id);
  assert.equal(cancelled.status, 'CANCELLED');
  assert.deepEqual(await wg.paymentLinks.cancel(id), cancelled);
  assert.deepEqual(await ids({ walletId, status: 'ACTIVE' }), [other.id]);
  assert.deepEqual(await ids({ walletId, status: 'CANCELLED' }), [id]);
  const late = wg.paymentLinks.pay(slug, { testMethod: { type: 'card' } });
  const { code, details } = await refusal(WallgentError, late);
  assert.deepEqual([code, details?.status], ['CONFLICT', 'CANCELLED']);
});

test('a wallet pays it like any payment, and it is claimed', async () => {
  const { wg } = server;
  const link = await linkOf({ description: 'Freelance payment' });
  const payer = await fundedWallet(wg, '100.00');
  const due = await wg.paymentLinks.getBySlug(link.slug);
  assert.deepEqual([due.amount, due.status, due.restricted], ['25.00', 'ACTIVE', false]);
  assert.equal(due.environment, 'SANDBOX');
  assert.ok(!('walletId' in due) && !('metadata' in due));

  const idempotencyKey = `claim-${link.id}`;
  const pay = () => wg.paymentLinks.pay(link.slug, { fromWalletId: payer.id, idempotencyKey });
  const paid = await pay();
  assert.deepEqual([paid.status, paid.rail, paid.fee], ['POSTED', 'PAYMENT_LINK', '0.25']);
  assert.deepEqual([paid.from, paid.to, paid.amount], [payer.id, link.walletId, '25.00']);
  assert.deepEqual([paid.paymentLinkId, paid.description], [link.id, 'Freelance payment']);
  assert.deepEqual(await pay(), paid);
  assert.deepEqual(await wg.payments.get(paid.id), paid);
  assert.equal(await available(wg, link.walletId), '25.00');
  const { status, uses } = await wg.paymentLinks.get(link.id);
  assert.deepEqual([status, uses], ['CLAIMED', 1]);

  const again = await refusal(
    WallgentError,
    wg.paymentLinks.pay(link.slug, { fromWalletId: payer.id }),
  );
  assert.deepEqual([again.code, again.details?.status], ['CONFLICT', 'CLAIMED']);
  const cancel = await refusal(WallgentError, wg.paymentLinks.cancel(link.id));
  assert.deepEqual([cancel.code, cancel.details?.status], ['CONFLICT', 'CLAIMED']);
});

test('test methods pay in the sandbox, without a fee, or are declined', async () => {
  const { wg } = server;
  const link = await linkOf({ maxUses: 2 });
  const pay = (last4?: '4242' | '0002') =>
    wg.paymentLinks.pay(link.slug, { testMethod: { type: 'card', last4 } });
  const declined = await refusal(InsufficientFundsError, pay('0002'));
  assert.equal(declined.details?.declineReason, 'INSUFFICIENT_FUNDS');
  const paid = await pay();
  assert.equal(paid.id, paid.transactionId);
  assert.deepEqual([paid.from, paid.to, paid.status], [null, link.walletId, 'POSTED']);
  assert.deepEqual([paid.rail, paid.paymentLinkId], ['PAYMENT_LINK', link.id]);
  assert.deepEqual(paid.paymentMethod, { type: 'card', brand: 'VISA', last4: '4242' });
  assert.equal((await wg.paymentLinks.get(link.id)).status, 'ACTIVE');
  const account = await wg.paymentLinks.pay(link.slug, { testMethod: { type: 'bank_account' } });
  assert.equal(account.paymentMethod.last4, '6789');
  assert.equal((await wg.paymentLinks.get(link.id)).status, 'CLAIMED');
  assert.equal(await available(wg, link.walletId), '50.00');

  const live = await server.live.paymentLinks.create({
    walletId: server.liveWalletId,
    amount: '25.00',
  });
  const real = server.live.paymentLinks.pay(live.slug, { testMethod: { type: 'card' } });
  await refusal(SandboxOnlyError, real);
});

test('only those may pay whom it names', async () => {
  const { wg } = server;
  const [named, other] = [await fundedWallet(wg, '100.00'), await fundedWallet(wg, '100.00')];
  const recipientRestrictions = { walletIds: [named.id], emails: ['jane@acme.example'] };
  const { slug, ...link } = await linkOf({ maxUses: 5, recipientRestrictions });
  assert.deepEqual(link.recipientRestrictions, recipientRestrictions);
  assert.equal((await wg.paymentLinks.getBySlug(slug)).restricted, true);
  for (const payerEmail of [undefined, 'john@acme.example']) {
    const stranger = wg.paymentLinks.pay(slug, { fromWalletId: other.id, payerEmail });
    assert.equal((await refusal(WallgentError, stranger)).code, 'PERMISSION_DENIED');
  }
  await wg.paymentLinks.pay(slug, { fromWalletId: named.id });
  const payerEmail = 'jane@acme.example';
  await wg.paymentLinks.pay(slug, { fromWalletId: other.id, payerEmail });
  await wg.paymentLinks.pay(slug, { testMethod: { type: 'card' }, payerEmail });
  assert.equal((await wg.paymentLinks.get(link.id)).uses, 3);
});

test('the rules of the paying wallet apply', async () => {
  const { wg } = server;
  const link = await linkOf();
  const payer = await fundedWallet(wg, '100.00');
  const pay = () => wg.paymentLinks.pay(link.slug, { fromWalletId: payer.id });
  const limit = await wg.policies.create(payer.id, { name: 'Little', maxTransactionAmount: 5 });
  await refusal(PolicyDeniedError, pay());
  await wg.policies.delete(limit.id);
  await wg.policies.create(payer.id, { name: 'Ask me', requireHumanApproval: true });
  const { approvalId } = await refusal(ApprovalRequiredError, pay());
  assert.equal((await wg.paymentLinks.get(link.id)).uses, 0);
  await wg.approvals.approve(approvalId ?? '');
  assert.equal((await wg.paymentLinks.get(link.id)).status, 'CLAIMED');
  const poor = await wg.wallets.create({ name: 'Poor' });
  const { slug } = await linkOf();
  await refusal(InsufficientFundsError, wg.paymentLinks.pay(slug, { fromWalletId: poor.id }));
});

test('its time may be over, and what became of links is told', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const { id: walletId } = await wg.wallets.create({ name: 'Till' });
  const { now } = await wg.sandbox.advanceClock({ advance: 'PT1S' });
  const make = (params: object = {}) =>
    wg.paymentLinks.create({ walletId, amount: '25.00', ...params });
  const [claimed, cancelled] = [await make(), await make()];
  const expiresAt = new Date(Date.parse(now) + 60_000);
  const expired = await make({ expiresAt });
  await wg.paymentLinks.pay(claimed.slug, { testMethod: { type: 'card' } });
  await wg.paymentLinks.cancel(cancelled.id);
  await wg.sandbox.advanceClock({ to: expiresAt });
  assert.equal((await wg.paymentLinks.get(expired.id)).status, 'EXPIRED');
  const late = wg.paymentLinks.pay(expired.slug, { testMethod: { type: 'card' } });
  assert.equal((await refusal(WallgentError, late)).details?.status, 'EXPIRED');

  const told: unknown[] = [];
  for await (const event of wg.events.list({ type: 'payment_link.*', limit: 100 })) {
    switch (event.type) {
      case 'payment_link.created':
        continue;
      case 'payment_link.claimed':
        told.push([event.data.paymentLinkId, event.data.uses]);
        break;
      case 'payment_link.cancelled':
      case 'payment_link.expired':
        told.push([event.data.paymentLinkId, event.data.status]);
        break;
    }
  }
  assert.deepEqual(told, [
    [claimed.id, 1],
    [cancelled.id, 'CANCELLED'],
    [expired.id, 'EXPIRED'],
  ]);
});

test('what is wrong with it is said', async () => {
  const { wg, live } = server;
  const link = await linkOf();
  const { walletId } = link;
  const make = (params: object) => wg.paymentLinks.create({ walletId, amount: '1.00', ...params });
  await refusal(InvalidAmountError, make({ amount: 0 }));
  await refusal(WalletNotFoundError, make({ walletId: 'wal_x' }));
  for (const wrong of [
    { maxUses: 0 },
    { expiresAt: '2020-01-01T00:00:00Z' },
    { currency: 'EUR' },
  ]) {
    await refusal(ValidationError, make(wrong));
  }
  await refusal(EnvironmentMismatchError, live.paymentLinks.get(link.id));
  for (const unknown of ['pyl_x', 'pyl_01J00000000000000000000000']) {
    await refusal(PaymentLinkNotFoundError, wg.paymentLinks.get(unknown));
    await refusal(PaymentLinkNotFoundError, wg.paymentLinks.cancel(unknown));
    await refusal(PaymentLinkNotFoundError, wg.paymentLinks.getBySlug(unknown));
    const pay = wg.paymentLinks.pay(unknown, { testMethod: { type: 'card' } });
    await refusal(PaymentLinkNotFoundError, pay);
  }
  const { secret } = await wg.apiKeys.create({ permissions: ['payments:write'] });
  const powerless = new Wallgent(secret, { baseUrl: server.url });
  const refused = await refusal(WallgentError, powerless.paymentLinks.list());
  assert.equal(refused.details?.required, 'invoices:read');
});
