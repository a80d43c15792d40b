// The code samples of the reference document about payment links, customers, invoices and merchants, as `seeds.test.ts` has
// the others. Their dates are of early 2026, so that is when the server thinks it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MerchantNotFoundError, PaymentLinkNotFoundError, type Wallgent } from '@wallgent/sdk';
import { printed } from './support/printed.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

let wg: Wallgent;
let walletId: string;
let payerId: string;
let linkId: string;
let customerId: string;
let invoiceId: string;

const server = useServer({
  testClock: '2026-01-05T09:00:00Z',
  async prepare(started) {
    wg = started.wg;
    walletId = (await wg.wallets.create({ name: 'Till' })).id;
    payerId = (await fundedWallet(wg, '1000.00', 'Payer')).id;
  },
});

test('reference: Create a Payment Link', async () => {
  const link = await wg.paymentLinks.create({
    walletId: walletId,
    amount: '250.00',
    description: 'Freelance payment',
    expiresAt: '2026-03-01T00:00:00Z',
  });
  assert.match(link.slug, /^[A-Za-z0-9_-]{20,}$/);
  assert.match(link.id, /^pyl_01/);
  assert.equal(link.expiresAt, '2026-03-01T00:00:00.000Z');
  linkId = link.id;
});

test('reference: List Payment Links', async () => {
  const links = await wg.paymentLinks.list({
    walletId: walletId,
    status: 'ACTIVE',
  });
  assert.deepEqual(
    links.data.map(({ id }) => id),
    [linkId],
  );
});

test('reference: Cancel a Payment Link', async () => {
  await wg.paymentLinks.cancel(linkId);
  assert.equal((await wg.paymentLinks.get(linkId)).status, 'CANCELLED');
  // “Payment link ID or slug does not exist”
  await refusal(PaymentLinkNotFoundError, wg.paymentLinks.get('pyl_01J...'));
  await refusal(PaymentLinkNotFoundError, wg.paymentLinks.getBySlug('abc123'));
});

test('reference: Create a Customer', async () => {
  const customer = await wg.customers.create({
    email: 'jane@acme.com',
    name: 'Jane Smith',
    companyName: 'Acme Corp',
  });
  assert.match(customer.id, /^cus_01/);
  customerId = customer.id;
});

test('reference: List Customers', async () => {
  const customers = await wg.customers.list();
  assert.deepEqual(
    customers.data.map(({ id, companyName }) => [id, companyName]),
    [[customerId, 'Acme Corp']],
  );
});

test('reference: Setup Payment Method', async () => {
  const setup = await wg.customers.setupPaymentMethod(customerId);
  assert.ok(setup.url.startsWith(`${server.url}/setup/`), setup.url);
});

test('reference: Create an Invoice', async () => {
  const invoice = await wg.invoices.create({
    walletId: walletId,
    customerId: customerId,
    lineItems: [
      { description: 'API calls (10,000)', unitPrice: '25.00' },
      { description: 'Data processing', quantity: 3, unitPrice: '15.00' },
    ],
    memo: 'Services for January 2026',
  });
  assert.match(invoice.id, /^inv_01/);
  assert.deepEqual([invoice.status, invoice.total], ['DRAFT', '70.00']);
  invoiceId = invoice.id;
});

test('reference: Finalize', async () => {
  const result = await wg.invoices.finalize(invoiceId);
  assert.equal(result.checkoutUrl, `${server.url}/invoice/${result.slug}`);
});

test('reference: List Invoices', async () => {
  const invoices = await wg.invoices.list({
    walletId: walletId,
    status: 'FINALIZED',
  });
  assert.deepEqual(
    invoices.data.map(({ id }) => id),
    [invoiceId],
  );
});

test('reference: Auto-Charge Customer', async () => {
  await wg.sandbox.savePaymentMethod(customerId, { type: 'card' });
  await wg.invoices.charge({
    walletId: walletId,
    customerId: customerId,
    amount: '99.00',
    description: 'Monthly subscription',
    recurring: { interval: 'monthly' },
  });
  assert.equal(await available(wg, walletId), '99.00');
  await wg.sandbox.advanceClock({ to: '2026-02-05T09:00:00Z' });
  assert.equal(await available(wg, walletId), '198.00');
});

test('reference: Void / Refund', async () => {
  await wg.invoices.void(invoiceId);
  assert.equal((await wg.invoices.get(invoiceId)).status, 'VOIDED');

  const [paid] = (await wg.invoices.list({ walletId, status: 'PAID' })).data;
  assert.ok(paid);
  await wg.invoices.refund(paid.id);
  assert.equal((await wg.invoices.get(paid.id)).status, 'REFUNDED');
  assert.equal(await available(wg, walletId), '99.00');
});

test('reference: Settlement Overview', async () => {
  // “For organizations accepting payments as a merchant”
  await refusal(MerchantNotFoundError, wg.merchants.getSettlementOverview());
  const settlementWalletId = (await wg.wallets.create({ name: 'Settlement' })).id;
  const domain = 'shop.acme.com';
  const { id } = await wg.merchants.create({ name: 'Acme', domain, settlementWalletId });
  await wg.payments.send({ from: payerId, merchantId: id, amount: '25.00' });
  await wg.payments.send({ from: payerId, merchantHint: { domain }, amount: '15.00' });

  const overview = await wg.merchants.getSettlementOverview();
  assert.deepEqual(overview.balance, { amount: '40.00', currency: 'USD', status: 'AVAILABLE' });
  assert.deepEqual(overview.today, { count: 2, total: '40.00' });
  assert.deepEqual(overview.month, { count: 2, total: '40.00' });
});

test('reference: List Payments of a Merchant', async () => {
  const none = await wg.merchants.listPayments({
    limit: 50,
    offset: 0,
    startDate: '2026-01-01',
    endDate: '2026-01-31',
  });
  assert.deepEqual(none, { data: [], total: 0, limit: 50, offset: 0 });
  const { data, ...page } = await wg.merchants.listPayments({
    limit: 50,
    offset: 0,
    startDate: '2026-02-01',
    endDate: '2026-02-28',
  });
  assert.deepEqual(page, { total: 2, limit: 50, offset: 0 });
  assert.deepEqual(
    data.map(({ amount, fromName }) => [amount, fromName]),
    [
      ['15.00', 'Payer'],
      ['25.00', 'Payer'],
    ],
  );
});

test('reference: Analytics', async () => {
  const lines = await printed(async (console) => {
    const analytics = await wg.merchants.getAnalytics();
    for (const point of analytics.volumeTrend) {
      console.log(`${point.date}: ${point.count} payments, $${point.volume}`);
    }
  });
  assert.equal(lines.at(-1), '2026-02-05: 2 payments, $40.00');
  assert.ok(lines.slice(0, -1).every((line) => line.endsWith(': 0 payments, $0.00')));
});
