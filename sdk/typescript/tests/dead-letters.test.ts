// What cannot be delivered: tried again at growing intervals, then kept until somebody decides. Here the tests say what time
// it is, so that days pass between two deliveries.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeadLetter, type Wallgent, WallgentError, ValidationError } from '@wallgent/sdk';
import { eventually } from './support/eventually.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';

const server = useServer({ testClock: true });

/** The pauses between attempts, at their longest: each may be a tenth longer than it says. */
const PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((seconds) =>
  Math.ceil(seconds * 1.1 + 1),
);

/** Lets every attempt at some events pass, and gives the dead letters, newest first. */
async function exhausted(wg: Wallgent, receiver: Receiver, names: string[]): Promise<DeadLetter[]> {
  for (const name of names) await wg.wallets.create({ name });
  await receiver.next(() => receiver.deliveries.length === names.length);
  const { data: webhooks } = await wg.webhooks.list();
  const webhook = webhooks.find(({ url }) => url === receiver.url);
  assert.ok(webhook);
  for (const [index, seconds] of PAUSES.entries()) {
    // A pause begins when an attempt has ended, not when it arrived.
    await eventually(async () => {
      const { data } = await wg.webhooks.listDeliveries(webhook.id, { limit: 100 });
      return data.length >= names.length * (index + 1) ? data : undefined;
    });
    await wg.sandbox.advanceClock({ advance: `PT${seconds}S` });
    await receiver.next(() => receiver.deliveries.length === names.length * (index + 2));
  }
  return eventually(async () => {
    const { data } = await wg.webhooks.listDeadLetters();
    return data.length === names.length ? data : undefined;
  });
}

test('what was refused in all attempts is a dead letter, to be retried or discarded', async () => {
  const { wg } = server;
  let status = 500;
  await using receiver = await startReceiver(() => ({ status, body: 'Out of order' }));
  const webhook = await wg.webhooks.create({ url: receiver.url, events: ['wallet.created'] });
  const [second, first] = await exhausted(wg, receiver, ['Unheard of', 'Unheard of as well']);
  assert.ok(first && second);
  const attempts = receiver.deliveries.filter(({ event }) => event.id === first.eventId);
  const [original] = attempts;
  assert.ok(original);
  for (const { body, headers } of attempts) {
    assert.deepEqual(body, original.body);
    assert.equal(headers['webhook-id'], first.eventId);
  }
  const { id, createdAt, lastAttemptAt, ...rest } = first;
  assert.match(id, /^dlq_/);
  assert.ok(lastAttemptAt > createdAt);
  assert.deepEqual(rest, {
    webhookId: webhook.id,
    eventId: original.event.id,
    eventType: 'wallet.created',
    attempts: 10,
    nextRetryAt: null,
    lastError: 'answered 500',
    payload: original.event,
  });
  const noted = await wg.webhooks.listDeliveries(webhook.id);
  assert.deepEqual(
    noted.data.filter(({ eventId }) => eventId === first.eventId).map(({ attempt }) => attempt),
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  );

  const pages = [0, 1].map((offset) => wg.webhooks.listDeadLetters({ limit: 1, offset }));
  assert.deepEqual(await Promise.all(pages), [
    { data: [second], total: 2 },
    { data: [first], total: 2 },
  ]);
  assert.deepEqual(await wg.webhooks.listDeadLetters({ offset: 2 }), { data: [], total: 2 });
  await refusal(ValidationError, wg.webhooks.listDeadLetters({ limit: 101 }));
  await refusal(ValidationError, wg.webhooks.listDeadLetters({ offset: -1 }));
  const stranger = await server.foundOrganization('SELF_HOSTED');
  assert.deepEqual(await stranger.wg.webhooks.listDeadLetters(), { data: [], total: 0 });
  const foreign = await refusal(WallgentError, stranger.wg.webhooks.retryDeadLetter(id));
  assert.equal(foreign.code, 'NOT_FOUND');

  const discarded = await wg.webhooks.discardDeadLetter(second.id);
  assert.deepEqual(discarded, { id: second.id, status: 'FAILED', discarded: true });
  const gone = await refusal(WallgentError, wg.webhooks.discardDeadLetter(second.id));
  assert.equal(gone.code, 'NOT_FOUND');

  status = 200;
  const sofar = receiver.deliveries.length;
  const retried = await wg.webhooks.retryDeadLetter(id);
  assert.deepEqual(retried, { id, status: 'PENDING', retried: true });
  await receiver.next(() => receiver.deliveries.length > sofar);
  const again = receiver.deliveries.at(-1);
  assert.deepEqual(again?.body, original.body);
  assert.equal(again.headers['webhook-id'], first.eventId);
  await eventually(async () => {
    const { total } = await wg.webhooks.listDeadLetters();
    return total === 0 ? true : undefined;
  });
  await wg.webhooks.delete(webhook.id);
});
