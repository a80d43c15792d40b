import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  RateLimitExceededError,
  ReversalNotAllowedError,
  ValidationError,
  WalletLimitExceededError,
  WalletNotFoundError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer();

test('the organization of the key is read under every name and renamed', async () => {
  const { wg } = server;
  const organization = await wg.organizations.me();
  assert.equal(organization.id, server.organizationId);
  assert.equal(organization.plan, 'SELF_HOSTED');
  assert.ok(Array.isArray(organization.members));
  assert.deepEqual(await wg.organizations.get(), organization);
  assert.deepEqual(await wg.organizations.retrieve(), organization);
  const renamed = await wg.organizations.update({ name: 'Acme Robotics' });
  assert.equal(renamed.ok, true);
  assert.equal(renamed.name, 'Acme Robotics');
  assert.equal((await server.live.organizations.me()).name, 'Acme Robotics');
});

test('an empty name is refused', async () => {
  await refusal(ValidationError, server.wg.organizations.update({ name: '' }));
});

test('a plan limits wallets, then calls, and leaves production out', async () => {
  const { wg, live } = await server.foundOrganization('FREE');
  for (let made = 0; made < 3; made += 1) await wg.wallets.create({ name: 'Buyer' });
  const full = await refusal(WalletLimitExceededError, wg.wallets.create({ name: 'One more' }));
  assert.equal(full.statusCode, 403);

  const calls = Array.from({ length: 20 }, () => wg.organizations.update({ name: 'Free' }));
  const refused = (await Promise.allSettled(calls)).flatMap((call) =>
    call.status === 'rejected' ? [call.reason as unknown] : [],
  );
  assert.ok(refused.length > 0);
  for (const error of refused) {
    assert.ok(error instanceof RateLimitExceededError);
    assert.equal(error.statusCode, 429);
    assert.ok(
      Number.isInteger(error.details?.retryAfter) && Number(error.details?.retryAfter) >= 1,
    );
  }
  const { headers } = await wg.organizations.me().withResponse();
  assert.match(headers.get('ratelimit') ?? '', /r=\d+/);

  const error = await refusal(WallgentError, live.wallets.list());
  assert.equal(error.code, 'PERMISSION_DENIED');
  assert.equal(error.details?.plan, 'FREE');
});

test('money goes to another organization, which sees nothing else of the sender', async () => {
  const { wg } = server;
  const other = await server.foundOrganization('SELF_HOSTED');
  const buyer = await fundedWallet(wg, '100.00');
  const sent = await wg.payments.send({
    from: buyer.id,
    to: other.sandboxWalletId,
    amount: '10.00',
    idempotencyKey: 'private',
  });
  const received = await other.wg.payments.get(sent.id);
  assert.equal(received.amount, '10.00');
  assert.equal(received.from, buyer.id);
  const { idempotencyKey, fee, approvalId, batchId, balanceAfter, availableAfter } = received;
  assert.deepEqual(
    [idempotencyKey, fee, approvalId, batchId, balanceAfter, availableAfter],
    [null, null, null, null, null, null],
  );
  await refusal(WalletNotFoundError, other.wg.wallets.get(buyer.id));
  await refusal(ReversalNotAllowedError, wg.payments.reverse(sent.id));
  await other.wg.payments.reverse(sent.id);
  assert.equal(await available(wg, buyer.id), '100.00');
});

test('without a test clock there is none to move', async () => {
  const error = await refusal(WallgentError, server.wg.sandbox.advanceClock({ advance: 'PT1H' }));
  assert.equal(error.code, 'NOT_FOUND');
});
