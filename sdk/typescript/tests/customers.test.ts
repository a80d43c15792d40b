import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  collectAll,
  EnvironmentMismatchError,
  SandboxOnlyError,
  ValidationError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';

const server = useServer();

let customers = 0;
/** An address that no customer has yet. */
const address = () => `jane-${(customers += 1)}@acme.example`;

test('a customer is added, read, changed, listed and removed', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const details = { name: 'Jane Smith', phone: '+1 555 0100', companyName: 'Acme Corp' };
  const metadata = { segment: 'smb' };
  const customer = await wg.customers.create({ email: 'jane@acme.com', ...details, metadata });
  const { id, createdAt, updatedAt, ...rest } = customer;
  assert.match(id, /^cus_01/);
  assert.equal(createdAt, updatedAt);
  assert.deepEqual(rest, { email: 'jane@acme.com', ...details, metadata });
  assert.deepEqual(await wg.customers.get(id), customer);
  assert.deepEqual(await wg.customers.retrieve(id), customer);

  const changed = await wg.customers.update(id, { name: 'Jane Doe', companyName: null });
  assert.deepEqual(
    [changed.name, changed.companyName, changed.phone],
    ['Jane Doe', null, '+1 555 0100'],
  );
  const other = await wg.customers.create({ email: address() });
  assert.deepEqual([other.name, other.phone, other.metadata], [null, null, null]);
  const ids = async () =>
    (await collectAll((cursor) => wg.customers.list({ cursor, limit: 1 }))).map((it) => it.id);
  assert.deepEqual(await ids(), [other.id, id]);

  assert.equal((await wg.customers.delete(id)).id, id);
  assert.deepEqual(await ids(), [other.id]);
  assert.equal((await refusal(WallgentError, wg.customers.get(id))).code, 'NOT_FOUND');
  // The address is free again.
  await wg.customers.create({ email: 'jane@acme.com' });
});

test('no two customers have one address', async () => {
  const { wg, live } = server;
  const email = address();
  const first = await wg.customers.create({ email });
  const second = await wg.customers.create({ email: address() });
  for (const call of [
    () => wg.customers.create({ email }),
    () => wg.customers.update(second.id, { email }),
  ]) {
    assert.equal((await refusal(WallgentError, call())).code, 'CONFLICT');
  }
  const { id } = await live.customers.create({ email });
  assert.notEqual(id, first.id);
  await refusal(EnvironmentMismatchError, live.customers.get(first.id));
});

test('a page is made where a customer saves what to pay with', async () => {
  const { wg } = server;
  const { id } = await wg.customers.create({ email: address() });
  const returnUrl = 'https://acme.example/thanks';
  const setup = await wg.customers.setupPaymentMethod(id, { returnUrl });
  const update = await wg.customers.createPaymentUpdateUrl(id);
  for (const { url } of [setup, update]) assert.ok(url.startsWith(`${server.url}/setup/`), url);
  assert.notEqual(setup.url, update.url);
  assert.ok(setup.id);
  const script = wg.customers.setupPaymentMethod(id, { returnUrl: 'javascript:alert(1)' });
  await refusal(ValidationError, script);
});

test('what they pay with is saved, listed and removed', async () => {
  const { wg } = server;
  const { id } = await wg.customers.create({ email: address() });
  const card = await wg.sandbox.savePaymentMethod(id, { type: 'card' });
  assert.match(card.id, /^pm_01/);
  assert.deepEqual(
    [card.customerId, card.type, card.brand, card.last4],
    [id, 'card', 'VISA', '4242'],
  );
  assert.ok(card.expMonth && card.expMonth >= 1 && card.expMonth <= 12 && card.expYear);
  const account = await wg.sandbox.savePaymentMethod(id, { type: 'bank_account' });
  assert.deepEqual([account.expMonth, account.expYear], [null, null]);
  const declined = await wg.sandbox.savePaymentMethod(id, { type: 'card', last4: '0002' });
  assert.equal(declined.last4, '0002');

  const ids = async () => (await wg.customers.listPaymentMethods(id)).data.map((it) => it.id);
  assert.deepEqual((await ids()).sort(), [card.id, account.id, declined.id].sort());
  await wg.customers.deletePaymentMethod(id, card.id);
  assert.deepEqual((await ids()).sort(), [account.id, declined.id].sort());
  const again = wg.customers.deletePaymentMethod(id, card.id);
  assert.equal((await refusal(WallgentError, again)).code, 'NOT_FOUND');
  const wrong = wg.sandbox.savePaymentMethod(id, { type: 'card', last4: '6789' });
  await refusal(ValidationError, wrong);
});

test('what became of customers is told', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const { id } = await wg.customers.create({ email: address() });
  await wg.customers.update(id, { name: 'Jane' });
  const method = await wg.sandbox.savePaymentMethod(id, { type: 'card' });
  await wg.customers.deletePaymentMethod(id, method.id);
  await wg.customers.delete(id);
  const told: unknown[] = [];
  for await (const event of wg.events.list({ type: 'customer.*' })) {
    if (event.type === 'customer.payment_method_added') told.push(event.data.paymentMethodId);
    else if (event.type === 'customer.updated') told.push([event.data.customerId, event.data.name]);
    else told.push(event.type);
  }
  assert.deepEqual(told, [
    'customer.created',
    [id, 'Jane'],
    method.id,
    'customer.payment_method_removed',
    'customer.deleted',
  ]);
});

test('what is wrong is said', async () => {
  const { wg, live } = server;
  const unknown = 'cus_01J00000000000000000000000';
  for (const call of [
    () => wg.customers.get(unknown),
    () => wg.customers.update(unknown, { name: 'Jane' }),
    () => wg.customers.delete(unknown),
    () => wg.customers.setupPaymentMethod(unknown),
    () => wg.customers.createPaymentUpdateUrl(unknown),
    () => wg.customers.listPaymentMethods(unknown),
    () => wg.sandbox.savePaymentMethod(unknown, { type: 'card' }),
  ]) {
    const { code, details } = await refusal(WallgentError, call());
    assert.deepEqual([code, details?.resource], ['NOT_FOUND', 'customer']);
  }
  const nobody = await refusal(ValidationError, wg.customers.create({ email: 'nobody' }));
  assert.deepEqual(
    nobody.details?.fields?.map(({ path }) => path),
    ['email'],
  );
  const { id } = await live.customers.create({ email: address() });
  await refusal(SandboxOnlyError, live.sandbox.savePaymentMethod(id, { type: 'card' }));
});
