import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  type AuditLogEntry,
  collectAll,
  PolicyDeniedError,
  ValidationError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedAgent } from './support/world.ts';

const server = useServer({ testClock: '2026-01-05T09:00:00Z' });

const actions = (entries: AuditLogEntry[]) => entries.map(({ action }) => action);

test('a change is recorded with who, what, whence and by which request', async () => {
  const { wg, organizationId } = server;
  const { data: wallet, requestId } = await wg.wallets.create({ name: 'Audited' }).withResponse();
  const { data } = await wg.auditLogs.list({ resource: wallet.id });
  const [entry] = data;
  assert.ok(entry && data.length === 1);
  const { id, actorId, metadata, ipAddress, ...rest } = entry;
  assert.match(id, /^log_/);
  assert.equal((await wg.apiKeys.get(actorId ?? '')).permissions[0], '*');
  assert.equal(metadata?.name, 'Audited');
  assert.equal(ipAddress, '127.0.0.1');
  assert.deepEqual(rest, {
    organizationId,
    environment: 'SANDBOX',
    actorType: 'API_KEY',
    action: 'wallet.created',
    resource: 'wallet',
    resourceId: wallet.id,
    requestId,
    createdAt: wallet.createdAt,
  });
});

test('the life of an agent can be read from it', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '100.00');
  const to = server.sandboxWalletId;
  const pay = (amount: string) => itself.payments.send({ from: agent.id, to, amount });
  await pay('1.00');
  const rules = { maxTransactionAmount: '50.00', approvalThreshold: '10.00' };
  await wg.policies.create(agent.id, { name: 'Guard', ...rules });
  await refusal(PolicyDeniedError, pay('50.01'));
  const held = await refusal(ApprovalRequiredError, pay('11.00'));
  const { approvalId: first } = held;
  const { approvalId: second } = await refusal(ApprovalRequiredError, pay('12.00'));
  await wg.approvals.approve(first ?? '');
  await wg.approvals.reject(second ?? '', 'Too dear');
  await wg.agents.pause(agent.id);
  await wg.agents.resume(agent.id);
  const { apiKeyId } = await wg.agents.rotateKey(agent.id);
  await wg.agents.delete(agent.id);

  const about = async (resource: string) =>
    actions(await collectAll((cursor) => wg.auditLogs.list({ resource, cursor, limit: 5 })));
  const ofAgent = (await about(agent.id)).reverse();
  const expected = ['agent.created', 'agent.budget_adjusted', 'agent.paused', 'agent.resumed'];
  expected.push('agent.key_rotated', 'agent.deleted');
  assert.deepEqual(
    ofAgent.filter((action) => action.startsWith('agent.')),
    expected,
  );
  assert.ok(ofAgent.includes('wallet.frozen') && ofAgent.includes('wallet.closed'));
  assert.deepEqual(await about(first ?? ''), ['approval.approved', 'approval.created']);
  assert.deepEqual(await about(second ?? ''), ['approval.rejected', 'approval.created']);
  assert.ok((await about(held.resourceId ?? '')).includes('payment.pending_approval'));
  assert.ok((await about(agent.apiKeyId)).includes('api_key.revoked'));
  assert.ok((await about(apiKeyId)).includes('api_key.created'));

  // What the agent did, it did with its own key.
  const own = await collectAll((cursor) => wg.auditLogs.list({ actorId: agent.apiKeyId, cursor }));
  assert.ok(own.length > 0);
  assert.ok(own.every(({ actorType }) => actorType === 'API_KEY'));
  const did = new Set(actions(own));
  for (const action of ['payment.completed', 'payment.denied', 'payment.pending_approval']) {
    assert.ok(did.has(action), action);
  }
  assert.ok(!did.has('approval.approved'));
});

test('no entry holds a key', async () => {
  const { wg } = server;
  const { agent } = await fundedAgent(server, '1.00');
  const rotated = await wg.agents.rotateKey(agent.id);
  const created = await wg.apiKeys.create({ permissions: ['wallets:read'] });
  const everything = JSON.stringify(
    await collectAll((cursor) => wg.auditLogs.list({ cursor, limit: 100 })),
  );
  assert.ok(everything.includes(rotated.apiKeyId) && everything.includes(created.id));
  for (const secret of [agent.apiKey, rotated.apiKey, created.secret]) {
    assert.ok(!everything.includes(secret));
  }
});

test('entries are filtered by action, kind, time, and all of it together', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const first = await wg.wallets.create({ name: 'First' });
  const { now } = await wg.sandbox.advanceClock({ advance: 'PT1H' });
  const second = await wg.wallets.create({ name: 'Second' });
  await wg.wallets.freeze(second.id);
  await wg.policies.create(second.id, { name: 'Guard' });
  type Filter = Parameters<typeof wg.auditLogs.list>[0];
  const found = async (filter: Filter) =>
    (await wg.auditLogs.list(filter)).data
      .filter(({ resourceId }) => resourceId === first.id || resourceId === second.id)
      .map(({ action, resourceId }) => [action, resourceId]);

  const created = [
    ['wallet.created', second.id],
    ['wallet.created', first.id],
  ];
  const frozen = ['wallet.frozen', second.id];
  assert.deepEqual(await found({ action: 'wallet.created' }), created);
  assert.deepEqual(await found({ resource: 'wallet' }), [frozen, ...created]);
  assert.deepEqual(await found({ resource: second.id }), [frozen, ['wallet.created', second.id]]);
  assert.deepEqual(await found({ resource: 'policy' }), []);
  assert.deepEqual(await found({ action: 'wallet.created', resource: first.id }), [created[1]]);
  assert.deepEqual(await found({ action: 'wallet.created', from: new Date(now) }), [created[0]]);
  const between = new Date(Date.parse(now) - 1_000);
  assert.deepEqual(await found({ action: 'wallet.created', to: between }), [created[1]]);
  assert.deepEqual(await found({ from: between, to: between.toISOString() }), []);
  assert.deepEqual(await found({ actorId: 'key_01J_nobody' }), []);
  await refusal(ValidationError, wg.auditLogs.list({ from: 'yesterday' }));
});

test('entries come newest first and page by page, without gaps', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  for (let number = 0; number < 7; number += 1) await wg.wallets.create({ name: `${number}` });
  const whole = (await wg.auditLogs.list({ limit: 100 })).data.map(({ id }) => id);
  assert.ok(whole.length >= 7);
  const paged: string[] = [];
  for await (const { id } of wg.auditLogs.list({ limit: 3 })) paged.push(id);
  assert.deepEqual(paged, whole);
  const page = await wg.auditLogs.list({ limit: 3 });
  assert.equal(page.hasMore, true);
  assert.equal(page.nextCursor, page.cursor);
  // A page further back stays what it was when something is added at the front.
  const next = await wg.auditLogs.list({ limit: 3, cursor: page.cursor });
  await wg.wallets.create({ name: 'Later' });
  assert.deepEqual(await wg.auditLogs.list({ limit: 3, cursor: page.cursor }), next);
});

test('what falls due by itself is nobody’s doing', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '100.00');
  await wg.policies.create(agent.id, { name: 'Ask me', requireHumanApproval: true });
  const { approvalId = '' } = await refusal(
    ApprovalRequiredError,
    itself.payments.send({ from: agent.id, to: server.sandboxWalletId, amount: '1.00' }),
  );
  await wg.sandbox.advanceClock({ advance: 'PT25H' });
  const [entry] = (await wg.auditLogs.list({ resource: approvalId })).data;
  assert.equal(entry?.action, 'approval.expired');
  assert.deepEqual([entry.actorType, entry.actorId, entry.requestId], ['SYSTEM', null, null]);
});

test('the log is for those who may read it, and for its own organization', async () => {
  const { wg } = server;
  const { secret } = await wg.apiKeys.create({ permissions: ['wallets:read', 'wallets:write'] });
  const client = new Wallgent(secret, { baseUrl: server.url });
  const error = await refusal(WallgentError, client.auditLogs.list());
  assert.equal(error.details?.required, 'audit:read');
  const stranger = await server.foundOrganization('SELF_HOSTED');
  const mine = await wg.wallets.create({ name: 'Mine' });
  assert.deepEqual((await stranger.wg.auditLogs.list({ resource: mine.id })).data, []);
  const theirs = await stranger.wg.auditLogs.list({ limit: 100 });
  const owner = (await stranger.wg.organizations.me()).id;
  assert.ok(theirs.data.every(({ organizationId }) => organizationId === owner));
  assert.deepEqual((await server.live.auditLogs.list({ resource: mine.id })).data, []);
});
