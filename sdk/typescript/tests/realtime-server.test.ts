// The realtime client and the real server: nothing is missed and nothing told twice, whatever breaks between them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  ApiKeyRevokedError,
  collectAll,
  PolicyDeniedError,
  type RealtimeOptions,
  UnauthorizedError,
  type Wallgent,
  WallgentError,
  type WallgentEvent,
  WallgentRealtime,
} from '@wallgent/sdk';
import { eventually } from './support/eventually.ts';
import { startProxy } from './support/proxy.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedAgent, fundedWallet } from './support/world.ts';

const server = useServer();

/** Everything that the API lists behind a sequence. */
const listed = (wg: Wallgent, after: number) =>
  collectAll((cursor) => wg.events.list({ after, cursor, limit: 100 }));

/** The last sequence there is. */
const last = async (wg: Wallgent) => (await listed(wg, 0)).at(-1)?.sequence ?? 0;

/** A client that keeps what it is told. */
function listener(apiKey: string, url: string, options?: RealtimeOptions) {
  const realtime = new WallgentRealtime(apiKey, url, options);
  const told: WallgentEvent[] = [];
  realtime.on('*', (_data, event) => told.push(event));
  /** Waits until it was told this sequence. */
  const reaches = (sequence: number) =>
    eventually(async () => ((told.at(-1)?.sequence ?? 0) >= sequence ? true : undefined));
  return { realtime, told, reaches };
}

test('what happens is told at once, as it is listed', async () => {
  const { wg } = server;
  const before = await last(wg);
  const { realtime, told, reaches } = listener(server.sandboxKey, server.url);
  await realtime.connect();
  const { id: from } = await fundedWallet(wg, '100.00');
  await wg.payments.send({ from, to: server.sandboxWalletId, amount: '50.00' });
  await wg.policies.create(from, { name: 'Nobody', approvedRecipients: [] });
  const denied = wg.payments.send({ from, to: server.sandboxWalletId, amount: '1.00' });
  await refusal(PolicyDeniedError, denied);
  await reaches(await last(wg));
  assert.deepEqual(told, await listed(wg, before));
  const types = told.map(({ type }) => type);
  for (const type of ['wallet.created', 'wallet.funded', 'payment.completed', 'policy.denied']) {
    assert.ok(types.includes(type as never), type);
  }
  realtime.disconnect();
});

test('a program that was down begins where it ended', async () => {
  const { wg } = server;
  const first = listener(server.sandboxKey, server.url);
  await first.realtime.connect();
  await wg.wallets.create({ name: 'Seen' });
  await first.reaches(await last(wg));
  first.realtime.disconnect();
  const after = first.realtime.sequence;
  assert.equal(after, await last(wg));

  for (const name of ['A', 'B', 'C']) await wg.wallets.create({ name });
  const second = listener(server.sandboxKey, server.url, { after });
  await second.realtime.connect();
  await second.reaches(await last(wg));
  assert.deepEqual(second.told, await listed(wg, after ?? 0));
  assert.equal(second.told.length, 3);
  second.realtime.disconnect();
  await wg.wallets.create({ name: 'Not heard' });
  const third = listener(server.sandboxKey, server.url, { after });
  await third.realtime.connect();
  await third.reaches(await last(wg));
  assert.equal(second.told.length, 3);
  third.realtime.disconnect();
});

test('thirty broken connections lose nothing and repeat nothing', async () => {
  const { wg } = server;
  await using proxy = await startProxy(server.url);
  const before = await last(wg);
  const { realtime, told, reaches } = listener(server.sandboxKey, proxy.url, { after: before });
  realtime.on('error', (error) => assert.fail(error));
  await realtime.connect();
  let isOver = false;
  const happening = (async () => {
    for (let count = 0; !isOver; count += 1) await fundedWallet(wg, '1.00', `Wallet ${count}`);
  })();
  let broken = 0;
  while (broken < 30) {
    // In the middle of whatever it is doing: opening, catching up, or following.
    await wait(Math.random() * 250);
    broken += proxy.cut();
  }
  isOver = true;
  await happening;
  await reaches(await last(wg));
  const expected = await listed(wg, before);
  assert.deepEqual(
    told.map(({ sequence }) => sequence),
    expected.map(({ sequence }) => sequence),
  );
  assert.deepEqual(told, expected);
  assert.ok(expected.length > 100, `${expected.length} events`);
  assert.ok(proxy.connections > 30, `${proxy.connections} connections`);
  realtime.disconnect();
});

test(
  'a connection that breaks before anything happened loses nothing either',
  { skip: 'WebSocket' in globalThis && 'Node’s own WebSocket does not show where it begins' },
  async () => {
    const { wg } = server;
    await using proxy = await startProxy(server.url);
    const before = await last(wg);
    const { realtime, told, reaches } = listener(server.sandboxKey, proxy.url);
    await realtime.connect();
    await eventually(async () => realtime.sequence);
    assert.equal(realtime.sequence, before);
    proxy.cut();
    await wg.wallets.create({ name: 'While it was away' });
    await reaches(await last(wg));
    assert.deepEqual(told, await listed(wg, before));
    realtime.disconnect();
  },
);

test('a server that is killed and started again is followed on', async () => {
  await using proxy = await startProxy(server.url);
  const before = await last(server.wg);
  const { realtime, told, reaches } = listener(server.sandboxKey, proxy.url, { after: before });
  await realtime.connect();
  for (let times = 0; times < 3; times += 1) {
    // Some are committed and not told, some not committed and never told.
    const writes = Array.from({ length: 20 }, (_, index) =>
      server.wg.wallets.create({ name: `Written ${index}` }, { timeout: 5_000 }),
    );
    await writes[times * 5];
    await server.restart();
    proxy.forwardTo(server.url);
    await Promise.allSettled(writes);
    await server.wg.wallets.create({ name: 'After it' });
    await reaches(await last(server.wg));
  }
  const expected = await listed(server.wg, before);
  assert.deepEqual(told, expected);
  assert.deepEqual(
    told.map(({ sequence }) => sequence),
    told.map((_, index) => before + index + 1),
  );
  realtime.disconnect();
});

test('a key that is revoked is told so, and cannot come back', async () => {
  const { wg, url } = server;
  const key = await wg.apiKeys.create({ permissions: ['webhooks:read'] });
  const { realtime, told } = listener(key.secret, url);
  await realtime.connect();
  const over = new Promise<Error>((resolve) => realtime.on('error', resolve));
  await wg.apiKeys.revoke(key.id);
  const error = await over;
  assert.ok(error instanceof ApiKeyRevokedError);
  assert.ok(!error.message.includes(key.secret));
  await wg.wallets.create({ name: 'Not for it' });
  await refusal(ApiKeyRevokedError, realtime.connect());
  assert.ok(told.every(({ type }) => type !== 'wallet.created'));
});

test('a key that is changed is followed on by what it may do now', async () => {
  const { wg, url } = server;
  const key = await wg.apiKeys.create({ permissions: ['webhooks:read', 'wallets:read'] });
  const before = await last(wg);
  const { realtime, told, reaches } = listener(key.secret, url, { after: before });
  await realtime.connect();
  await wg.apiKeys.update(key.id, { permissions: ['webhooks:read'] });
  await wg.wallets.create({ name: 'Still told' });
  await reaches(await last(wg));
  assert.deepEqual(told, await listed(wg, before));
  const over = new Promise<Error>((resolve) => realtime.on('error', resolve));
  await wg.apiKeys.update(key.id, { permissions: ['wallets:read'] });
  const error = await over;
  assert.ok(error instanceof WallgentError);
  assert.deepEqual([error.code, error.details?.required], ['PERMISSION_DENIED', 'webhooks:read']);
});

test('a key that is bound to wallets is told only of those', async () => {
  const { wg, url } = server;
  await wg.wallets.fund(server.sandboxWalletId, { amount: '100.00' });
  const { agent, itself } = await fundedAgent(server, '10.00');
  const before = await last(wg);
  const { realtime, told, reaches } = listener(agent.apiKey, url);
  await realtime.connect();
  await wg.wallets.create({ name: 'Of others' });
  await itself.payments.send({ from: agent.id, to: server.sandboxWalletId, amount: '1.00' });
  const [own] = (await listed(wg, before)).filter(({ type }) => type === 'payment.completed');
  await reaches(own?.sequence ?? 0);
  assert.deepEqual(told, [own]);
  realtime.disconnect();
});

test('a key that may not listen is refused by the class of its error', async () => {
  const { wg, url } = server;
  const unknown = new WallgentRealtime('wg_test_unknown', url);
  assert.equal((await refusal(UnauthorizedError, unknown.connect())).statusCode, 401);
  const key = await wg.apiKeys.create({ permissions: ['wallets:read'] });
  const deaf = new WallgentRealtime(key.secret, url);
  const refused = await refusal(WallgentError, deaf.connect());
  assert.deepEqual([refused.statusCode, refused.details?.required], [403, 'webhooks:read']);
  assert.ok(refused.requestId);
});
