import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectAll, ValidationError, type Wallgent, WallgentError } from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available } from './support/world.ts';

const server = useServer({ testClock: '2026-01-31T09:00:00Z' });

let customers = 0;

/** A customer with a saved card, and a wallet to pay into. */
async function sale(wg: Wallgent = server.wg, last4?: '0002') {
  const { id: walletId } = await wg.wallets.create({ name: 'Till' });
  const email = `jane-${(customers += 1)}@acme.example`;
  const { id: customerId } = await wg.customers.create({ email });
  const method = await wg.sandbox.savePaymentMethod(customerId, { type: 'card', last4 });
  return { walletId, customerId, method };
}

test('a customer is charged an amount, for which an invoice is made', async () => {
  const { wg } = server;
  const { walletId, customerId } = await sale();
  const asked = { walletId, customerId, amount: 99, description: 'Setup', idempotencyKey: 'once' };
  const charge = await wg.invoices.charge(asked);
  assert.match(charge.id, /^chg_01/);
  assert.deepEqual(charge, {
    id: charge.id,
    chargeId: charge.id,
    invoiceId: charge.invoiceId,
    status: 'SUCCEEDED',
    amount: '99.00',
  });
  assert.deepEqual(await wg.invoices.charge(asked), charge);
  const invoice = await wg.invoices.get(charge.invoiceId);
  assert.deepEqual([invoice.status, invoice.total], ['PAID', '99.00']);
  assert.equal(invoice.lineItems[0]?.description, 'Setup');
  assert.equal(await available(wg, walletId), '99.00');
});

test('an invoice is charged to what its customer has saved', async () => {
  const { wg } = server;
  const { walletId, customerId, method } = await sale();
  const lineItems = [{ description: 'Data', unitPrice: '70.00' }];
  const { id: invoiceId } = await wg.invoices.create({ walletId, customerId, lineItems });
  await wg.invoices.finalize(invoiceId);
  const charge = await wg.invoices.charge({ invoiceId, paymentMethodId: method.id });
  assert.deepEqual([charge.status, charge.invoiceId], ['SUCCEEDED', invoiceId]);
  assert.equal((await wg.invoices.get(invoiceId)).status, 'PAID');
  const twice = await refusal(WallgentError, wg.invoices.charge({ invoiceId }));
  assert.deepEqual([twice.code, twice.details?.status], ['CONFLICT', 'PAID']);
});

test('a charge that fails is an answer, and leaves its invoice due', async () => {
  const { wg } = server;
  const { walletId, customerId } = await sale(wg, '0002');
  const charge = await wg.invoices.charge({ walletId, customerId, amount: '99.00' });
  assert.equal(charge.status, 'FAILED');
  assert.ok(charge.failureReason);
  assert.equal((await wg.invoices.get(charge.invoiceId)).status, 'FINALIZED');
  assert.equal(await available(wg, walletId), '0.00');
  await wg.sandbox.savePaymentMethod(customerId, { type: 'card' });
  const second = await wg.invoices.charge({ invoiceId: charge.invoiceId });
  assert.equal(second.status, 'SUCCEEDED');
});

test('a charge repeats to the day until it is cancelled', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const { walletId, customerId } = await sale(wg);
  const charge = await wg.invoices.charge({
    walletId,
    customerId,
    amount: '99.00',
    recurring: { interval: 'monthly' },
  });
  const { recurring } = charge;
  assert.deepEqual(
    [recurring?.interval, recurring?.status, recurring?.amount, recurring?.occurrences],
    ['monthly', 'ACTIVE', '99.00', 1],
  );
  // Begun on a 31st.
  assert.ok(recurring?.nextChargeAt?.startsWith('2026-02-28T'), recurring?.nextChargeAt ?? '');
  const list = () => collectAll((cursor) => wg.invoices.listRecurringCharges({ cursor, limit: 1 }));
  assert.deepEqual(
    (await list()).map(({ id }) => id),
    [charge.id],
  );

  await wg.sandbox.advanceClock({ to: '2027-01-01T00:00:00Z' });
  assert.equal(await available(wg, walletId), '1188.00');
  const [running] = await list();
  assert.equal(running?.occurrences, 12);
  assert.ok(running.nextChargeAt?.startsWith('2027-01-31T'), running.nextChargeAt ?? '');
  const ended = await wg.invoices.cancelRecurringCharge(charge.id);
  assert.deepEqual([ended.status, ended.nextChargeAt], ['CANCELLED', null]);
  await wg.sandbox.advanceClock({ to: '2027-03-01T00:00:00Z' });
  assert.equal(await available(wg, walletId), '1188.00');

  const told = await collectAll((cursor) => wg.events.list({ type: 'charge.*', cursor }));
  const charged = told.flatMap((event) => (event.type === 'charge.succeeded' ? [event.data] : []));
  assert.equal(charged.length, 12);
  assert.ok(charged.every(({ amount }) => amount === '99.00'));
  assert.ok(charged.every(({ recurringChargeId }) => recurringChargeId === charge.id));
  assert.equal(new Set(charged.map(({ transactionId }) => transactionId)).size, 12);
  const last = told.at(-1);
  assert.ok(last?.type === 'charge.cancelled');
  assert.equal(last.data.chargeId, charge.id);
});

test('what is wrong is said', async () => {
  const { wg } = server;
  const { walletId, customerId, method } = await sale();
  await wg.customers.deletePaymentMethod(customerId, method.id);
  const asked = { walletId, customerId, amount: '99.00' };
  const nothing = await refusal(WallgentError, wg.invoices.charge(asked));
  assert.equal(nothing.code, 'CONFLICT');
  for (const wrong of [
    { ...asked, recurring: { interval: 'hourly' } },
    { ...asked, invoiceId: 'inv_x' },
    { walletId },
  ]) {
    await refusal(ValidationError, wg.invoices.charge(wrong as never));
  }
  for (const [call, resource] of [
    [() => wg.invoices.charge({ ...asked, customerId: 'cus_x' }), 'customer'],
    [() => wg.invoices.charge({ invoiceId: 'inv_x' }), 'invoice'],
    [() => wg.invoices.cancelRecurringCharge('chg_01J00000000000000000000000'), 'charge'],
  ] as const) {
    const { code, details } = await refusal(WallgentError, call());
    assert.deepEqual([code, details?.resource], ['NOT_FOUND', resource]);
  }
});
