// What webhooks are told: every delivery here goes from the real server over a real connection to a real receiver.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  verifyWebhookSignature,
  type Wallgent,
  WallgentError,
  type WebhookWithSecret,
} from '@wallgent/sdk';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { eventually } from './support/eventually.ts';
import { type Delivery, startReceiver } from './support/receiver.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedWallet } from './support/world.ts';

const server = useServer();

/** Checks a delivery in every way there is, and gives its event. */
function checked(wg: Wallgent, { body, headers }: Delivery, secret: string) {
  const signature = headers['wallgent-signature'];
  assert.match(String(signature), /^sha256=[0-9a-f]{64}$/);
  assert.equal(verifyWebhookSignature(body, signature, secret), true);
  assert.equal(verifyWebhookSignature(body.toString(), signature, secret), true);
  assert.equal(verifyWebhookSignature(`${body.toString()}\n`, signature, secret), false);
  const standard = new StandardWebhook(secret);
  const verified = standard.verify(body, headers as Record<string, string>);
  const event = wg.webhooks.unwrap(body, headers, secret);
  assert.deepEqual(event, verified);
  return event;
}

/** The attempts of a webhook, once there are this many. */
function attemptsOf(wg: Wallgent, webhook: { id: string }, count: number) {
  return eventually(async () => {
    const { data } = await wg.webhooks.listDeliveries(webhook.id, { limit: 100 });
    return data.length >= count ? data : undefined;
  });
}

test('a delivery is the event, signed in both ways', async () => {
  const { wg } = server;
  await using receiver = await startReceiver();
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['wallet.funded'] });
  const wallet = await fundedWallet(wg, '50.00', 'Für Ömer 🐙');

  const delivery = await receiver.next(({ event }) => event.type === 'wallet.funded');
  const event = checked(wg, delivery, webhook.secret);
  assert.deepEqual(event, await wg.events.get(event.id));
  assert.ok(event.type === 'wallet.funded');
  assert.deepEqual([event.data.walletId, event.data.amount], [wallet.id, '50.00']);
  assert.equal(delivery.headers['webhook-id'], event.id);
  assert.equal(delivery.headers['content-type'], 'application/json');
  assert.match(String(delivery.headers['user-agent']), /^Wallgent\//);

  const [attempt] = await attemptsOf(wg, webhook, 1);
  assert.match(attempt?.id ?? '', /^dlv_/);
  assert.equal(attempt?.webhookId, webhook.id);
  assert.deepEqual([attempt.eventId, attempt.eventType], [event.id, event.type]);
  assert.deepEqual([attempt.status, attempt.attempt, attempt.statusCode], ['SUCCEEDED', 1, 200]);
  assert.deepEqual([attempt.error, attempt.response], [null, 'OK']);
  assert.ok(attempt.durationMs >= 0);
  await wg.webhooks.delete(webhook.id);
});

test('a webhook is told all of what it asked for, and nothing else', async () => {
  const { wg } = server;
  await using receiver = await startReceiver();
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['wallet.*'] });
  const names = Array.from({ length: 12 }, (_, index) => `W${index}`);
  for (const name of names) await fundedWallet(wg, '1.00', name);
  const { id: from } = await fundedWallet(wg, '10.00', 'last');
  await wg.payments.send({ from, to: server.sandboxWalletId, amount: '1.00' });
  const end = await wg.wallets.freeze(from);
  await receiver.next(({ event }) => event.type === 'wallet.frozen' && event.data.id === end.id);
  await receiver.next(() => receiver.deliveries.length >= 2 * names.length + 3);

  const told = receiver.deliveries.map(({ event }) => event);
  assert.equal(told.length, 2 * names.length + 3);
  assert.ok(told.every(({ type }) => type.startsWith('wallet.')));
  // They start in their order. Those that are on their way at once may arrive in another.
  const inOrder = [...told].sort((one, other) => one.sequence - other.sequence);
  const expected = await wg.events.list({
    after: (inOrder[0]?.sequence ?? 1) - 1,
    type: 'wallet.*',
    limit: 100,
  });
  assert.deepEqual(inOrder, expected.data);
  await wg.webhooks.delete(webhook.id);
});

test('after a rotation both secrets sign', async () => {
  const { wg } = server;
  await using receiver = await startReceiver();
  const first = await wg.webhooks.create({ url: receiver.url, events: ['wallet.funded'] });
  const second = await wg.webhooks.rotateSecret(first.id);
  const wallet = await fundedWallet(wg, '1.00');
  const { body, headers } = await receiver.next(
    ({ event }) => event.type === 'wallet.funded' && event.data.walletId === wallet.id,
  );
  const parsed = JSON.parse(body.toString()) as unknown;
  for (const { secret } of [first, second]) {
    assert.deepEqual(wg.webhooks.unwrap(body, headers, secret), parsed);
    const standard = new StandardWebhook(secret);
    assert.deepEqual(standard.verify(body, headers as Record<string, string>), parsed);
  }
  // The other header has room for one signature only: published receivers compare all of it.
  checked(wg, { body, headers, event: parsed as never }, second.secret);
  await wg.webhooks.delete(first.id);
});

test('a test is delivered at once, and a refusal or silence is an answer too', async () => {
  const { wg } = server;
  let status = 204;
  const receiver = await startReceiver(() => ({ status, body: status === 204 ? '' : 'Not today' }));
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['payment.completed'] });
  const accepted = await wg.webhooks.test(webhook.id);
  assert.deepEqual([accepted.delivered, accepted.statusCode, accepted.error], [true, 204, null]);
  assert.equal(accepted.duration, accepted.durationMs);
  const [delivery] = receiver.deliveries;
  assert.ok(delivery);
  const event = checked(wg, delivery, webhook.secret);
  assert.deepEqual([event.type, event.id], ['payment.completed', accepted.id]);

  status = 503;
  const refused = await wg.webhooks.test(webhook.id);
  assert.deepEqual([refused.delivered, refused.statusCode], [false, 503]);
  await receiver[Symbol.asyncDispose]();
  const unheard = await wg.webhooks.test(webhook.id);
  assert.deepEqual([unheard.delivered, unheard.statusCode], [false, null]);
  assert.ok(unheard.error);
  // Nothing of it is tried again.
  assert.equal((await wg.webhooks.listDeadLetters()).total, 0);
  await wg.webhooks.delete(webhook.id);
});

test('a delivery can be sent again, the same to the letter', async () => {
  const { wg } = server;
  await using receiver = await startReceiver();
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['wallet.created'] });
  const wallet = await wg.wallets.create({ name: 'Twice' });
  await receiver.next(
    ({ event }) => event.type === 'wallet.created' && event.data.id === wallet.id,
  );
  const [attempt] = await attemptsOf(wg, webhook, 1);
  const again = await wg.webhooks.resendDelivery(attempt?.id ?? '');
  assert.deepEqual([again.status, again.eventId], ['SUCCEEDED', attempt?.eventId]);
  assert.notEqual(again.id, attempt?.id);
  const [first, second] = receiver.deliveries;
  assert.ok(first && second);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
  checked(wg, second, webhook.secret);
  assert.equal((await attemptsOf(wg, webhook, 2)).length, 2);
  await wg.webhooks.delete(webhook.id);
});

test('a disabled webhook is told nothing until it is enabled again', async () => {
  const { wg } = server;
  await using receiver = await startReceiver();
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['wallet.created'] });
  await wg.webhooks.update(webhook.id, { enabled: false });
  const meanwhile = await wg.wallets.create({ name: 'Meanwhile' });
  await using witness = await startReceiver();
  const other = await wg.webhooks.create({ url: witness.url, events: ['wallet.created'] });
  const later = await wg.wallets.create({ name: 'Later' });
  await witness.next(({ event }) => event.type === 'wallet.created' && event.data.id === later.id);
  assert.deepEqual(receiver.deliveries, []);
  // A webhook made later does not hear of what was before it.
  assert.equal(witness.deliveries.length, 1);

  await wg.webhooks.update(webhook.id, { enabled: true });
  for (const { id } of [meanwhile, later]) {
    await receiver.next(({ event }) => event.type === 'wallet.created' && event.data.id === id);
  }
  for (const { id } of [webhook, other]) await wg.webhooks.delete(id);
});

test('an endpoint that is gone is told nothing more, and that is told', async () => {
  const { wg } = server;
  await using gone = await startReceiver(() => ({ status: 410 }));
  await using witness = await startReceiver();
  const webhook = await wg.webhooks.create({ url: gone.url, events: ['wallet.created'] });
  const other = await wg.webhooks.create({ url: witness.url, events: ['webhook.*'] });
  await wg.wallets.create({ name: 'Nobody hears of' });
  const { event } = await witness.next(({ event }) => event.type === 'webhook.disabled');
  assert.ok(event.type === 'webhook.disabled');
  assert.deepEqual([event.data.id, event.data.disabledReason], [webhook.id, 'GONE']);
  assert.ok(!JSON.stringify(event).includes('whsec_'));
  const { enabled, status, disabledReason } = await wg.webhooks.get(webhook.id);
  assert.deepEqual([enabled, status, disabledReason], [false, 'DISABLED', 'GONE']);
  for (const { id } of [webhook, other]) await wg.webhooks.delete(id);
});

test('what an endpoint answers is kept, its first two KiB', async () => {
  const { wg } = server;
  const long = 'x'.repeat(5_000);
  await using receiver = await startReceiver(() => ({ status: 500, body: long }));
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['wallet.created'] });
  await wg.wallets.create({ name: 'Refused' });
  await receiver.next(() => true);
  const [attempt] = await attemptsOf(wg, webhook, 1);
  assert.deepEqual([attempt?.status, attempt?.statusCode], ['FAILED', 500]);
  assert.equal(attempt?.response, long.slice(0, 2_048));
  assert.ok(attempt.error);
  const pages: string[] = [];
  for await (const { id } of wg.webhooks.listDeliveries(webhook.id, { limit: 1 })) pages.push(id);
  assert.ok(pages.includes(attempt.id));
  await wg.webhooks.delete(webhook.id);
  const error = await refusal(WallgentError, wg.webhooks.listDeliveries(webhook.id));
  assert.equal(error.code, 'WEBHOOK_NOT_FOUND');
});

test('no redirect is followed', async () => {
  const { wg } = server;
  await using elsewhere = await startReceiver();
  const headers = { location: elsewhere.url };
  await using receiver = await startReceiver(() => ({ status: 307, headers }));
  const webhook: WebhookWithSecret = await wg.webhooks.create({ url: receiver.url, events: ['*'] });
  const test = await wg.webhooks.test(webhook.id);
  assert.deepEqual([test.delivered, test.statusCode], [false, 307]);
  assert.deepEqual(elsewhere.deliveries, []);
  await wg.webhooks.delete(webhook.id);
});
