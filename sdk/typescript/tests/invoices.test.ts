import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  collectAll,
  type CreateInvoiceParams,
  InsufficientFundsError,
  InvalidAmountError,
  PolicyDeniedError,
  ValidationError,
  WalletNotFoundError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer();

const LINES = [
  { description: 'API calls (10,000)', unitPrice: '25.00' },
  { description: 'Data processing', quantity: 3, unitPrice: 15 },
];

let customers = 0;

/** A draft of 70.00 to a new customer, which would be paid into a new wallet. */
async function draftOf(params: Partial<CreateInvoiceParams> = {}, wg: Wallgent = server.wg) {
  const { id: walletId } = await wg.wallets.create({ name: 'Till' });
  const email = `jane-${(customers += 1)}@acme.example`;
  const { id: customerId } = await wg.customers.create({ email });
  return wg.invoices.create({ walletId, customerId, lineItems: LINES, ...params });
}

/** One that is due. */
async function dueOf(params: Partial<CreateInvoiceParams> = {}) {
  const { id } = await draftOf(params);
  return server.wg.invoices.finalize(id);
}

test('an invoice is written, changed, and made final', async () => {
  const { wg } = server;
  const invoice = await draftOf({ memo: 'January', dueDate: '2099-01-31', metadata: { a: 1 } });
  const { id, walletId, customerId, createdAt, updatedAt, ...rest } = invoice;
  assert.match(id, /^inv_01/);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, {
    status: 'DRAFT',
    currency: 'USD',
    subtotal: '70.00',
    total: '70.00',
    lineItems: [
      { description: 'API calls (10,000)', quantity: 1, unitPrice: '25.00', total: '25.00' },
      { description: 'Data processing', quantity: 3, unitPrice: '15.00', total: '45.00' },
    ],
    memo: 'January',
    dueDate: '2099-01-31T23:59:59.999Z',
    slug: null,
    checkoutUrl: null,
    paidAt: null,
    transactionId: null,
    refundedAmount: '0.00',
    metadata: { a: 1 },
  });
  assert.deepEqual(await wg.invoices.get(id), invoice);
  assert.deepEqual(await wg.invoices.retrieve(id), invoice);

  const lineItems = [{ description: 'Consulting', unitPrice: '100.00' }];
  const changed = await wg.invoices.update(id, { lineItems, memo: null });
  assert.deepEqual([changed.total, changed.memo, changed.dueDate], ['100.00', null, rest.dueDate]);
  const result = await wg.invoices.finalize(id);
  assert.deepEqual([result.status, result.total], ['FINALIZED', '100.00']);
  assert.equal(result.checkoutUrl, `${server.url}/invoice/${result.slug}`);
  const checkout = await wg.invoices.checkout(id);
  assert.deepEqual([checkout.url, checkout.id], [result.checkoutUrl, id]);
  for (const call of [
    () => wg.invoices.update(id, { memo: 'Late' }),
    () => wg.invoices.finalize(id),
  ]) {
    const { code, details } = await refusal(WallgentError, call());
    assert.deepEqual([code, details?.status], ['CONFLICT', 'FINALIZED']);
  }
  assert.deepEqual([walletId, customerId], [result.walletId, result.customerId]);
});

test('invoices are listed by what they are and whom they are for', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const [first, second] = [await draftOf({}, wg), await draftOf({}, wg)];
  const third = await wg.invoices.create({ ...first, lineItems: LINES });
  await wg.invoices.finalize(third.id);
  const ids = async (params: object) =>
    (await collectAll((cursor) => wg.invoices.list({ ...params, cursor, limit: 1 }))).map(
      (found) => found.id,
    );
  assert.deepEqual(await ids({}), [third.id, second.id, first.id]);
  assert.deepEqual(await ids({ walletId: first.walletId }), [third.id, first.id]);
  assert.deepEqual(await ids({ customerId: second.customerId }), [second.id]);
  assert.deepEqual(await ids({ status: 'FINALIZED' }), [third.id]);
  assert.deepEqual(await ids({ walletId: first.walletId, status: 'PAID' }), []);
});

test('a wallet pays it like any payment, and gets it back', async () => {
  const { wg } = server;
  const { id, slug, walletId } = await dueOf({ dueDate: '2020-01-31' });
  const payer = await fundedWallet(wg, '100.00');
  const due = await wg.invoices.getBySlug(slug);
  assert.deepEqual([due.status, due.total, due.overdue], ['FINALIZED', '70.00', true]);
  assert.ok(!('metadata' in due) && !('customerId' in due));

  const idempotencyKey = `pay-${id}`;
  const pay = () => wg.invoices.pay(slug, { fromWalletId: payer.id, idempotencyKey });
  const paid = await pay();
  assert.deepEqual([paid.status, paid.id, paid.overdue], ['PAID', id, false]);
  assert.deepEqual(await pay(), paid);
  const payment = await wg.payments.get(paid.transactionId ?? '');
  assert.deepEqual([payment.rail, payment.fee, payment.invoiceId], ['INVOICE', '0.35', id]);
  assert.equal(await available(wg, walletId), '70.00');
  const twice = await refusal(WallgentError, wg.invoices.pay(slug, { fromWalletId: payer.id }));
  assert.deepEqual([twice.code, twice.details?.status], ['CONFLICT', 'PAID']);

  const refunded = await wg.invoices.refund(id);
  assert.deepEqual([refunded.status, refunded.refundedAmount], ['REFUNDED', '70.00']);
  // The fee returns with the whole.
  assert.equal(await available(wg, payer.id), '100.00');
  assert.equal(await available(wg, walletId), '0.00');
});

test('a test method pays it, or is declined', async () => {
  const { wg } = server;
  const { id, slug, walletId } = await dueOf();
  const declined = wg.invoices.pay(slug, { testMethod: { type: 'card', last4: '0002' } });
  await refusal(InsufficientFundsError, declined);
  assert.equal((await wg.invoices.get(id)).status, 'FINALIZED');
  const paid = await wg.invoices.pay(slug, { testMethod: { type: 'bank_account' } });
  assert.equal(paid.status, 'PAID');
  const { transactionId, paidAt } = await wg.invoices.get(id);
  assert.equal(transactionId, paid.transactionId);
  assert.ok(paidAt);

  // What was paid is spent.
  await wg.payments.send({ from: walletId, to: server.sandboxWalletId, amount: '50.00' });
  await refusal(InsufficientFundsError, wg.invoices.refund(id));
  await wg.wallets.fund(walletId, { amount: '50.25' });
  assert.equal((await wg.invoices.refund(id)).status, 'REFUNDED');
});

test('it is paid in a stablecoin, to the cent', async () => {
  const { wg } = server;
  const { id, slug, walletId } = await dueOf();
  const told = await wg.invoices.payWithUsdc(slug);
  assert.deepEqual([told.invoiceId, told.amount, told.currency], [id, '70.00', 'USDC']);
  assert.deepEqual(await wg.invoices.payWithUsdc(slug), told);
  const { address } = told;
  const little = wg.sandbox.depositUsdc({ address, amount: '69.99' });
  assert.equal((await refusal(InvalidAmountError, little)).details?.required, '70.00');
  const paid = await wg.sandbox.depositUsdc({ address, amount: 70 });
  assert.deepEqual([paid.id, paid.status], [id, 'PAID']);
  assert.equal(await available(wg, walletId), '70.00');
  const twice = await refusal(WallgentError, wg.invoices.payWithUsdc(slug));
  assert.deepEqual([twice.code, twice.details?.status], ['CONFLICT', 'PAID']);
  const nowhere = wg.sandbox.depositUsdc({ address: '0x0', amount: 70 });
  assert.equal((await refusal(WallgentError, nowhere)).code, 'NOT_FOUND');
});

test('the rules of the paying wallet apply', async () => {
  const { wg } = server;
  const { id, slug } = await dueOf();
  const payer = await fundedWallet(wg, '100.00');
  const pay = () => wg.invoices.pay(slug, { fromWalletId: payer.id });
  const limit = await wg.policies.create(payer.id, { name: 'Little', maxTransactionAmount: 5 });
  await refusal(PolicyDeniedError, pay());
  await wg.policies.delete(limit.id);
  await wg.policies.create(payer.id, { name: 'Ask me', requireHumanApproval: true });
  const { approvalId } = await refusal(ApprovalRequiredError, pay());
  assert.equal((await wg.invoices.get(id)).status, 'FINALIZED');
  await wg.approvals.approve(approvalId ?? '');
  assert.equal((await wg.invoices.get(id)).status, 'PAID');
});

test('it is taken back or given up, only before it is paid', async () => {
  const { wg } = server;
  const [voided, lost, paid] = [await dueOf(), await dueOf(), await dueOf()];
  assert.equal((await wg.invoices.void(voided.id)).status, 'VOIDED');
  assert.equal((await wg.invoices.markUncollectible(lost.id)).status, 'UNCOLLECTIBLE');
  await wg.invoices.pay(paid.slug, { testMethod: { type: 'card' } });
  for (const call of [
    () => wg.invoices.void(paid.id),
    () => wg.invoices.markUncollectible(paid.id),
    () => wg.invoices.checkout(paid.id),
  ]) {
    const { code, details } = await refusal(WallgentError, call());
    assert.deepEqual([code, details?.status], ['CONFLICT', 'PAID']);
  }
  const ended = await refusal(
    WallgentError,
    wg.invoices.pay(voided.slug, { testMethod: { type: 'card' } }),
  );
  assert.deepEqual([ended.code, ended.details?.status], ['CONFLICT', 'VOIDED']);
  const unpaid = await refusal(WallgentError, wg.invoices.refund(voided.id));
  assert.deepEqual([unpaid.code, unpaid.details?.status], ['CONFLICT', 'VOIDED']);
});

test('what became of invoices is told', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const draft = await draftOf({}, wg);
  await wg.invoices.update(draft.id, { memo: 'January' });
  const { slug } = await wg.invoices.finalize(draft.id);
  const declined = wg.invoices.pay(slug, { testMethod: { type: 'card', last4: '0002' } });
  await refusal(InsufficientFundsError, declined);
  await wg.invoices.pay(slug, { testMethod: { type: 'card' } });
  await wg.invoices.refund(draft.id);
  const told: unknown[] = [];
  for await (const event of wg.events.list({ type: 'invoice.*' })) {
    if (event.type === 'invoice.payment_failed') told.push(event.data.failureReason.length > 0);
    else if (event.type === 'invoice.paid') told.push([event.data.invoiceId, event.data.total]);
    else told.push(event.type);
  }
  assert.deepEqual(told, [
    'invoice.created',
    'invoice.updated',
    'invoice.finalized',
    true,
    [draft.id, '70.00'],
    'invoice.refunded',
  ]);
});

test('what is wrong is said', async () => {
  const { wg } = server;
  const unknown = 'inv_01J00000000000000000000000';
  for (const call of [
    () => wg.invoices.get(unknown),
    () => wg.invoices.update(unknown, { memo: 'Late' }),
    () => wg.invoices.finalize(unknown),
    () => wg.invoices.void(unknown),
    () => wg.invoices.refund(unknown),
    () => wg.invoices.markUncollectible(unknown),
    () => wg.invoices.checkout(unknown),
    () => wg.invoices.getBySlug('nothing'),
  ]) {
    const { code, details } = await refusal(WallgentError, call());
    assert.deepEqual([code, details?.resource], ['NOT_FOUND', 'invoice']);
  }
  await refusal(WalletNotFoundError, draftOf({ walletId: 'wal_x' }));
  const nobody = await refusal(WallgentError, draftOf({ customerId: 'cus_x' }));
  assert.deepEqual([nobody.code, nobody.details?.resource], ['NOT_FOUND', 'customer']);
  const line = (params: object) => draftOf({ lineItems: [{ ...LINES[0], ...params } as never] });
  await refusal(InvalidAmountError, line({ unitPrice: '-1.00' }));
  for (const wrong of [{ quantity: 0 }, { quantity: 1.5 }, { description: '' }]) {
    await refusal(ValidationError, line(wrong));
  }
  await refusal(ValidationError, draftOf({ lineItems: [] }));
  // An absurd sum is refused, not rounded.
  await refusal(InvalidAmountError, line({ quantity: 1_000_000_000, unitPrice: '90000000000' }));
});
