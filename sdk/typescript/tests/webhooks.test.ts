// Webhooks as objects: making, changing and ending them, and who may. What they are told is in `webhook-deliveries.test.ts`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EnvironmentMismatchError,
  type EventType,
  ValidationError,
  Wallgent,
  WallgentError,
  WebhookNotFoundError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedAgent } from './support/world.ts';

const server = useServer();

/** Nobody is there. */
const URL = 'http://127.0.0.1:1/webhooks';

test('a webhook is made, read, changed and ended', async () => {
  const { wg } = server;
  const { data: created, response } = await wg.webhooks
    .create({ url: URL, events: ['payment.*', 'wallet.funded'], description: 'Bookkeeping' })
    .withResponse();
  assert.equal(response.status, 201);
  const { secret, ...webhook } = created;
  assert.equal(Buffer.from(secret.replace('whsec_', ''), 'base64').length, 32);
  const { id, createdAt, updatedAt, ...rest } = webhook;
  assert.match(id, /^hook_/);
  assert.equal(updatedAt, createdAt);
  assert.deepEqual(rest, {
    url: URL,
    events: ['payment.*', 'wallet.funded'],
    enabled: true,
    description: 'Bookkeeping',
    status: 'ENABLED',
    disabledReason: null,
  });
  // The secret is shown this once.
  assert.deepEqual(await wg.webhooks.get(id), webhook);
  assert.deepEqual(await wg.webhooks.retrieve(id), webhook);
  assert.deepEqual(
    (await wg.webhooks.list()).data.find((item) => item.id === id),
    webhook,
  );

  const changed = await wg.webhooks.update(id, {
    url: `${URL}/2`,
    events: ['*'],
    enabled: false,
    description: null,
  });
  const { updatedAt: changedAt, ...now } = changed;
  assert.ok(changedAt > createdAt);
  assert.deepEqual(now, {
    id,
    createdAt,
    url: `${URL}/2`,
    events: ['*'],
    enabled: false,
    description: null,
    status: 'DISABLED',
    disabledReason: null,
  });
  const { enabled, url } = await wg.webhooks.update(id, { enabled: true });
  assert.deepEqual([enabled, url], [true, `${URL}/2`]);
  assert.equal((await wg.webhooks.update(id, {})).enabled, true);

  assert.equal(await wg.webhooks.delete(id), undefined);
  await refusal(WebhookNotFoundError, wg.webhooks.get(id));
  assert.ok((await wg.webhooks.list()).data.every((item) => item.id !== id));
});

test('one can be made that is not told of anything yet', async () => {
  const { wg } = server;
  const made = await wg.webhooks.create({ url: URL, events: ['*'], enabled: false });
  assert.deepEqual([made.enabled, made.status], [false, 'DISABLED']);
  await wg.webhooks.delete(made.id);
});

test('what could never be delivered is refused, every field at once', async () => {
  const { wg } = server;
  const wrong = { url: 'ftp://example.test', events: [] };
  const error = await refusal(ValidationError, wg.webhooks.create(wrong));
  const paths = error.details?.fields?.map(({ path }) => path);
  assert.ok(paths?.includes('events'), String(paths));
  for (const url of [
    '',
    'your-app.com',
    'ftp://example.test',
    'https://',
    `https://${'a'.repeat(3000)}`,
  ]) {
    await refusal(ValidationError, wg.webhooks.create({ url, events: ['*'] }));
  }
  const misspelt = ['wallet.funded', 'wallet.fnuded'] as EventType[];
  const unknown = await refusal(
    ValidationError,
    wg.webhooks.create({ url: URL, events: misspelt }),
  );
  assert.match(JSON.stringify(unknown.details), /events\[1\]/);
  for (const name of ['wallets.*', '.*', 'wallet.', '**', 'wallet', '']) {
    const events = [name] as EventType[];
    await refusal(ValidationError, wg.webhooks.create({ url: URL, events }));
  }
  const { id } = await wg.webhooks.create({ url: URL, events: ['*'] });
  await refusal(ValidationError, wg.webhooks.update(id, { events: misspelt }));
  await refusal(ValidationError, wg.webhooks.update(id, { url: 'nowhere' }));
  assert.deepEqual((await wg.webhooks.get(id)).events, ['*']);
  await wg.webhooks.delete(id);
});

test('every call on a webhook that is not there says so', async () => {
  const { webhooks } = server.wg;
  for (const id of ['hook_01J_webhook_id', 'hook_01J00000000000000000000000', 'wal_x']) {
    for (const call of [
      () => webhooks.get(id),
      () => webhooks.update(id, { enabled: false }),
      () => webhooks.delete(id),
      () => webhooks.test(id),
      () => webhooks.rotateSecret(id),
      () => webhooks.listDeliveries(id),
    ]) {
      assert.equal((await refusal(WebhookNotFoundError, call())).statusCode, 404);
    }
  }
  for (const call of [
    () => webhooks.resendDelivery('dlv_01J00000000000000000000000'),
    () => webhooks.retryDeadLetter('dlq_01J00000000000000000000000'),
    () => webhooks.discardDeadLetter('dlq_x'),
  ]) {
    const error = await refusal(WallgentError, call());
    assert.deepEqual([error.code, error.statusCode], ['NOT_FOUND', 404]);
  }
});

test('the same key makes one webhook, and shows its secret again', async () => {
  const { wg } = server;
  const params = { url: URL, events: ['*' as const], idempotencyKey: 'webhook-once' };
  const first = await wg.webhooks.create(params);
  const second = await wg.webhooks.create(params).withResponse();
  assert.deepEqual(second.data, first);
  assert.equal(second.headers.get('idempotent-replayed'), 'true');
  await wg.webhooks.delete(first.id);
});

test('a new secret replaces the old one', async () => {
  const { wg } = server;
  const { secret, id } = await wg.webhooks.create({ url: URL, events: ['*'] });
  const rotated = await wg.webhooks.rotateSecret(id);
  assert.notEqual(rotated.secret, secret);
  assert.match(rotated.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.ok(!('secret' in (await wg.webhooks.get(id))));
  await wg.webhooks.delete(id);
});

test('webhooks are for those who may, never for a key that is bound to wallets', async () => {
  const { wg, url } = server;
  const { id } = await wg.webhooks.create({ url: URL, events: ['*'] });
  const reading = await wg.apiKeys.create({ permissions: ['webhooks:read'] });
  const reader = new Wallgent(reading.secret, { baseUrl: url });
  assert.equal((await reader.webhooks.get(id)).id, id);
  for (const call of [
    () => reader.webhooks.create({ url: URL, events: ['*'] }),
    () => reader.webhooks.update(id, { enabled: false }),
    () => reader.webhooks.rotateSecret(id),
    () => reader.webhooks.test(id),
    () => reader.webhooks.delete(id),
  ]) {
    const error = await refusal(WallgentError, call());
    assert.equal(error.details?.required, 'webhooks:write');
  }
  await wg.wallets.fund(server.sandboxWalletId, { amount: '1.00' });
  const { itself } = await fundedAgent(server, '1.00', {
    permissions: ['wallets:read', 'webhooks:read', 'webhooks:write'],
  });
  const bound = await refusal(WallgentError, itself.webhooks.create({ url: URL, events: ['*'] }));
  assert.deepEqual([bound.code, bound.details?.ownerOnly], ['PERMISSION_DENIED', true]);
  await wg.webhooks.delete(id);
});

test('webhooks of the other environment and of other organizations are out of reach', async () => {
  const { wg, live } = server;
  const { id } = await wg.webhooks.create({ url: URL, events: ['*'] });
  await refusal(EnvironmentMismatchError, live.webhooks.get(id));
  assert.deepEqual((await live.webhooks.list()).data, []);
  const stranger = await server.foundOrganization('SELF_HOSTED');
  await refusal(WebhookNotFoundError, stranger.wg.webhooks.get(id));
  await refusal(WebhookNotFoundError, stranger.wg.webhooks.update(id, { enabled: false }));
  await refusal(WebhookNotFoundError, stranger.wg.webhooks.delete(id));
  assert.equal((await wg.webhooks.get(id)).enabled, true);
  await wg.webhooks.delete(id);
});

test('the server and this SDK know the same types of events', async () => {
  // The compiler demands every type here, and the server every one that it has.
  const known: Record<EventType, true> = {
    'wallet.created': true,
    'wallet.updated': true,
    'wallet.funded': true,
    'wallet.frozen': true,
    'wallet.unfrozen': true,
    'wallet.closed': true,
    'payment.completed': true,
    'payment.received': true,
    'payment.failed': true,
    'payment.denied': true,
    'payment.pending_approval': true,
    'payment.reversed': true,
    'payment.batch_completed': true,
    'payment.batch_failed': true,
    'policy.created': true,
    'policy.updated': true,
    'policy.deleted': true,
    'policy.denied': true,
    'approval.created': true,
    'approval.approved': true,
    'approval.rejected': true,
    'approval.expired': true,
    'agent.created': true,
    'agent.updated': true,
    'agent.paused': true,
    'agent.resumed': true,
    'agent.budget_adjusted': true,
    'agent.key_rotated': true,
    'agent.deleted': true,
    'api_key.created': true,
    'api_key.updated': true,
    'api_key.revoked': true,
    'delegation.created': true,
    'delegation.revoked': true,
    'delegation.expired': true,
    'transfer.created': true,
    'transfer.processing': true,
    'transfer.completed': true,
    'transfer.failed': true,
    'transfer.cancelled': true,
    'transfer.returned': true,
    'bank_account.linked': true,
    'bank_account.verified': true,
    'bank_account.removed': true,
    'cardholder.created': true,
    'card.created': true,
    'card.updated': true,
    'card.frozen': true,
    'card.unfrozen': true,
    'card.cancelled': true,
    'card.details_viewed': true,
    'card.authorized': true,
    'card.declined': true,
    'card.captured': true,
    'card.reversed': true,
    'card.refunded': true,
    'payment_link.created': true,
    'payment_link.claimed': true,
    'payment_link.cancelled': true,
    'payment_link.expired': true,
    'customer.created': true,
    'customer.updated': true,
    'customer.deleted': true,
    'customer.payment_method_added': true,
    'customer.payment_method_removed': true,
    'invoice.created': true,
    'invoice.updated': true,
    'invoice.finalized': true,
    'invoice.paid': true,
    'invoice.voided': true,
    'invoice.uncollectible': true,
    'invoice.refunded': true,
    'invoice.payment_failed': true,
    'charge.succeeded': true,
    'charge.failed': true,
    'charge.cancelled': true,
    'merchant.created': true,
    'merchant.updated': true,
    'merchant.suspended': true,
    'merchant.resumed': true,
    'organization.updated': true,
    'webhook.created': true,
    'webhook.updated': true,
    'webhook.deleted': true,
    'webhook.secret_rotated': true,
    'webhook.disabled': true,
  };
  const { data, hasMore } = await server.wg.webhooks.eventTypes();
  assert.equal(hasMore, false);
  assert.deepEqual(data.map(({ type }) => type).sort(), Object.keys(known).sort());
  for (const { type, description, sample } of data) {
    assert.ok(description.length > 0);
    assert.deepEqual([sample.type, sample.event], [type, type]);
    assert.ok(Object.keys(sample.data).length > 0, type);
  }
});
