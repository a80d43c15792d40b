import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApiKeyRevokedError,
  collectAll,
  EnvironmentMismatchError,
  type Permission,
  UnauthorizedError,
  ValidationError,
  WalletNotFoundError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedWallet } from './support/world.ts';

const server = useServer({ testClock: true });

function clientWith(secret: string): Wallgent {
  return new Wallgent(secret, { baseUrl: server.url });
}

test('a key is created with its secret shown once, read, listed and renamed', async () => {
  const { wg } = server;
  const permissions: Permission[] = ['wallets:read', 'payments:write'];
  const { secret, ...key } = await wg.apiKeys.create({ name: 'CI Deploy Key', permissions });
  assert.match(secret, /^wg_test_/);
  assert.match(key.id, /^key_/);
  assert.ok(secret.startsWith(key.keyPrefix) && key.keyPrefix.length < secret.length / 2);
  assert.equal(key.environment, 'SANDBOX');
  assert.equal(key.status, 'ACTIVE');
  assert.deepEqual(key.permissions, permissions);
  const read = await wg.apiKeys.get(key.id);
  assert.deepEqual(read, key);
  assert.ok(!('secret' in read));
  assert.deepEqual(await wg.apiKeys.retrieve(key.id), key);
  const renamed = await wg.apiKeys.update(key.id, { name: 'Deploy' });
  assert.equal(renamed.name, 'Deploy');
  const listed = await collectAll((cursor) => wg.apiKeys.list({ cursor, limit: 1 }));
  assert.equal(listed.find(({ id }) => id === key.id)?.name, 'Deploy');
});

test('a key does what it may and nothing else', async () => {
  const { wg } = server;
  const buyer = await fundedWallet(wg, '10.00');
  const { secret, id } = await wg.apiKeys.create({ permissions: ['wallets:read'] });
  const reader = clientWith(secret);
  assert.equal((await reader.wallets.get(buyer.id)).id, buyer.id);
  const payment = { from: buyer.id, to: server.sandboxWalletId, amount: '1.00' };
  const error = await refusal(WallgentError, reader.payments.send(payment));
  assert.equal(error.constructor, WallgentError);
  assert.equal(error.code, 'PERMISSION_DENIED');
  assert.equal(error.statusCode, 403);
  assert.equal(error.message, 'Missing required permission: payments:write');
  assert.equal(error.details?.required, 'payments:write');
  await wg.apiKeys.update(id, { permissions: ['wallets:read', 'payments:write'] });
  assert.equal((await reader.payments.send(payment)).status, 'POSTED');
});

test('a key cannot pass on what it does not have', async () => {
  const { secret } = await server.wg.apiKeys.create({ permissions: ['api_keys:write'] });
  const error = await refusal(
    WallgentError,
    clientWith(secret).apiKeys.create({ permissions: ['*'] }),
  );
  assert.equal(error.code, 'PERMISSION_DENIED');
});

test('a key bound to a wallet sees no other, and may freeze but not unfreeze its own', async () => {
  const { wg } = server;
  const [own, other] = [await fundedWallet(wg, '10.00'), await fundedWallet(wg, '10.00')];
  const { secret } = await wg.apiKeys.create({ permissions: ['*'], walletScope: [own.id] });
  const agent = clientWith(secret);
  assert.deepEqual(
    (await agent.wallets.list()).data.map(({ id }) => id),
    [own.id],
  );
  await refusal(WalletNotFoundError, agent.wallets.get(other.id));
  await agent.wallets.freeze(own.id);
  const error = await refusal(WallgentError, agent.wallets.unfreeze(own.id));
  assert.equal(error.code, 'PERMISSION_DENIED');
  assert.equal(error.details?.ownerOnly, true);
});

test('a revoked key is dead at once, under both names of the call', async () => {
  const { wg } = server;
  for (const revoke of ['revoke', 'delete'] as const) {
    const { secret, id } = await wg.apiKeys.create({ permissions: ['wallets:read'] });
    const client = clientWith(secret);
    await client.wallets.list();
    assert.equal(await wg.apiKeys[revoke](id), undefined);
    const error = await refusal(ApiKeyRevokedError, client.wallets.list());
    assert.equal(error.statusCode, 401);
    assert.equal((await wg.apiKeys.get(id)).status, 'REVOKED');
  }
});

test('a key ends when its time is up', async () => {
  const { wg } = server;
  const { now } = await wg.sandbox.advanceClock({ advance: 'PT1S' });
  const expiresAt = new Date(Date.parse(now) + 3_600_000);
  const { secret, id } = await wg.apiKeys.create({ permissions: ['wallets:read'], expiresAt });
  const client = clientWith(secret);
  await client.wallets.list();
  await wg.sandbox.advanceClock({ advance: 'PT1H' });
  await refusal(ApiKeyRevokedError, client.wallets.list());
  assert.equal((await wg.apiKeys.get(id)).status, 'EXPIRED');
  await refusal(ValidationError, wg.apiKeys.create({ expiresAt: now }));
});

test('a key nobody made is unauthorized', async () => {
  const error = await refusal(UnauthorizedError, clientWith('wg_test_made_up').wallets.list());
  assert.equal(error.statusCode, 401);
});

test('a sandbox key cannot make a production key, the other way is fine', async () => {
  const production = { permissions: ['wallets:read'], environment: 'PRODUCTION' } as const;
  await refusal(
    EnvironmentMismatchError,
    server.wg.apiKeys.create({ ...production, permissions: ['wallets:read'] }),
  );
  const sandbox = await server.live.apiKeys.create({
    permissions: ['wallets:read'],
    environment: 'SANDBOX',
  });
  assert.match(sandbox.secret, /^wg_test_/);
});

test('the last key that may do everything cannot be revoked', async () => {
  const keys = await collectAll((cursor) => server.live.apiKeys.list({ cursor }));
  const last = keys.find(
    ({ permissions, environment }) => environment === 'PRODUCTION' && permissions.includes('*'),
  );
  const error = await refusal(WallgentError, server.live.apiKeys.revoke(last?.id ?? ''));
  assert.equal(error.code, 'CONFLICT');
  await server.live.wallets.list();
});

test('a key that does not exist is not found', async () => {
  const error = await refusal(WallgentError, server.wg.apiKeys.get('key_01J_key_id'));
  assert.equal(error.code, 'NOT_FOUND');
  assert.equal(error.statusCode, 404);
});
