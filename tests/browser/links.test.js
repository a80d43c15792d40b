// The page of a payment link in a real browser.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { PHONE, assertUsable, startBrowser, startServer, visit } from './support.js';

const EVIL = '<script>window.hacked = true</script><img src=x onerror="window.hacked = true">';
let server;
let browser;
let wallet;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  await server.call('PATCH', '/organizations/me', { name: 'Acme Research' });
  ({ id: wallet } = await server.call('POST', '/wallets', { name: 'Sales' }));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const link = (fields) =>
  server.call('POST', '/payment-links', {
    walletId: wallet,
    amount: '250.00',
    description: 'Freelance payment',
    ...fields,
  });

/** The page of an invoice, and one that saves a payment method. */
async function customerPages(long) {
  const email = `ada-${Date.now()}@example.com`;
  const { id: customerId } = await server.call('POST', '/customers', { email });
  const lineItems = [
    { description: 'API calls (10,000)', unitPrice: '25.00' },
    { description: long, quantity: 1_000_000, unitPrice: '1234.56789' },
  ];
  const fields = { walletId: wallet, customerId, lineItems, dueDate: '2000-01-01T00:00:00Z' };
  const { id } = await server.call('POST', '/invoices', fields);
  const { checkoutUrl } = await server.call('POST', `/invoices/${id}/finalize`);
  const path = `/customers/${customerId}/payment-methods/setup`;
  const setup = await server.call('POST', path, { returnUrl: 'https://shop.example/' });
  return { invoice: { url: checkoutUrl }, setup };
}

/** Links in each state that a visitor can find one in. */
async function everyState() {
  const { now } = await server.call('POST', '/sandbox/clock', { advance: 'PT1S' });
  const soon = new Date(Date.parse(now) + 60_000).toISOString();
  const long = 'x'.repeat(400);
  const due = await link({ expiresAt: '2100-01-31T09:00:00Z', description: `Report\n${long}` });
  const asking = await link({ recipientRestrictions: { emails: ['ada@example.com'] } });
  const expired = await link({ expiresAt: soon });
  const cancelled = await link({});
  const paid = await link({});
  await server.call('PATCH', `/payment-links/${cancelled.id}`, { status: 'CANCELLED' });
  await server.call('POST', `/payment-links/pay/${paid.slug}`, { testMethod: { type: 'card' } });
  await server.call('POST', '/sandbox/clock', { advance: 'PT2M' });
  const live = await server.call(
    'POST',
    '/payment-links',
    { walletId: server.liveWalletId, amount: '1.00' },
    server.liveKey,
  );
  const missing = { url: `${server.url}/pay/nothing` };
  const { invoice, setup } = await customerPages(long);
  return { due, asking, expired, cancelled, paid, live, invoice, setup, missing };
}

test('a test card pays', async () => {
  const { url, id } = await link();
  const { page, leave } = await visit(browser, url);
  await page.getByLabel('Test card ending in 4242').check();
  await page.getByRole('button', { name: 'Pay $250.00' }).click();
  await page.getByText('Your payment has arrived').waitFor();
  assert.equal((await server.call('GET', `/payment-links/${id}`)).status, 'CLAIMED');
  await page.reload();
  await page.getByText('Your payment has arrived').waitFor();
  await leave();
});

test('a declined card can be followed by a bank account', async () => {
  const { url, id } = await link();
  const { page, leave } = await visit(browser, url);
  await page.getByLabel('Test card ending in 0002').check();
  await page.getByRole('button', { name: 'Pay $250.00' }).click();
  await page.getByRole('alert').getByText('was declined').waitFor();
  await assertUsable(page);
  assert.equal((await server.call('GET', `/payment-links/${id}`)).uses, 0);
  await page.getByLabel('Test bank account ending in 6789').check();
  await page.getByRole('button', { name: 'Pay $250.00' }).click();
  await page.getByText('Your payment has arrived').waitFor();
  await leave();
});

test('the keyboard alone pays, and shows where it is', async () => {
  const { url } = await link({ recipientRestrictions: { emails: ['ada@example.com'] } });
  const { page, leave } = await visit(browser, url);
  const outline = () =>
    page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'radio');
  assert.notEqual(await outline(), 'none');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'email');
  assert.notEqual(await outline(), 'none');
  await page.keyboard.type('ada@example.com');
  await page.keyboard.press('Tab');
  assert.notEqual(await outline(), 'none');
  await page.keyboard.press('Enter');
  await page.getByText('Your payment has arrived').waitFor();
  await leave();
});

test('the page works without its script', async () => {
  const { url, id } = await link();
  const { page, leave } = await visit(browser, url, { javaScriptEnabled: false });
  await page.getByRole('button', { name: 'Pay $250.00' }).click();
  await page.getByText('Your payment has arrived').waitFor();
  assert.equal((await server.call('GET', `/payment-links/${id}`)).status, 'CLAIMED');
  await leave();
});

test('the page shows that it was paid elsewhere', async () => {
  const { url, slug } = await link();
  const { page, leave } = await visit(browser, url);
  await page.getByText('Pay from a Wallgent wallet').waitFor();
  await server.call('POST', `/payment-links/pay/${slug}`, { testMethod: { type: 'card' } });
  await page.getByText('This payment link has been paid').waitFor();
  await leave();
});

test('a wrong payer is told so', async () => {
  const { url } = await link({ recipientRestrictions: { emails: ['ada@example.com'] } });
  const { page, leave } = await visit(browser, url);
  await page.getByLabel('Your e-mail address').fill('eve@example.com');
  await page.getByRole('button', { name: 'Pay $250.00' }).click();
  await page.getByRole('alert').getByText('another payer').waitFor();
  await leave();
});

test('an invoice is paid, and a payment method is saved', async () => {
  const { invoice, setup } = await customerPages('Data processing');
  const paying = await visit(browser, invoice.url);
  await paying.page.getByRole('button', { name: 'Pay' }).click();
  await paying.page.getByText('The payment has arrived').waitFor();
  await paying.leave();
  const saving = await visit(browser, setup.url);
  await saving.page.getByLabel('Test bank account ending in 6789').check();
  await saving.page.getByRole('button', { name: 'Save' }).click();
  await saving.page.getByText('has been saved').waitFor();
  await saving.leave();
});

test('what others wrote is shown as text', async () => {
  await server.call('PATCH', '/organizations/me', { name: EVIL });
  const { url } = await link({ description: EVIL });
  const { page, leave } = await visit(browser, url);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  await page.getByText(EVIL, { exact: true }).waitFor();
  await leave();
  await server.call('PATCH', '/organizations/me', { name: 'Acme Research' });
});

test('every state says what it is, on a phone, in light and in dark', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'wallgent-screenshots-'));
  context.diagnostic(`screenshots are in ${folder}`);
  const words = {
    due: 'Due until',
    asking: 'certain payers',
    expired: 'Expired',
    cancelled: 'Cancelled',
    paid: 'has been paid',
    live: 'Pay from a Wallgent wallet',
    invoice: 'Overdue',
    setup: 'Choose what',
    missing: 'Nothing is here',
  };
  const states = await everyState();
  assert.deepEqual(Object.keys(states), Object.keys(words));
  for (const [state, { url }] of Object.entries(states)) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, leave } = await visit(browser, url, { colorScheme, viewport: PHONE });
      await page.getByText(words[state]).first().waitFor();
      await assertUsable(page);
      await page.screenshot({ path: join(folder, `${state}-${colorScheme}.png`), fullPage: true });
      await leave();
    }
  }
});
