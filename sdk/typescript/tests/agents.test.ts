import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AgentBudget,
  ApiKeyRevokedError,
  ApprovalRequiredError,
  collectAll,
  EnvironmentMismatchError,
  InsufficientFundsError,
  InvalidAmountError,
  ValidationError,
  WalletFrozenError,
  WalletLimitExceededError,
  WalletNotFoundError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedAgent, fundedWallet } from './support/world.ts';

const server = useServer();
const UNKNOWN = 'wal_01J_agent_id';

function clientWith(apiKey: string): Wallgent {
  return new Wallgent(apiKey, { baseUrl: server.url });
}

/** What of an agent does not change when money moves. */
function identity(agent: AgentBudget) {
  const { id, walletId, name, agentName, apiKeyId, wallgentAddress, permissions } = agent;
  return { id, walletId, name, agentName, apiKeyId, wallgentAddress, permissions };
}

test('an agent is created with its key shown once, and read under both names', async () => {
  const { wg } = server;
  const { apiKey, ...agent } = await wg.agents.create({
    name: 'Research Bot',
    agentName: 'research-bot',
    metadata: { team: 'search' },
  });
  assert.match(agent.id, /^wal_/);
  assert.equal(agent.walletId, agent.id);
  assert.match(apiKey, /^wg_test_/);
  assert.match(agent.apiKeyId, /^key_/);
  assert.equal(agent.name, 'Research Bot');
  assert.equal(agent.agentName, 'research-bot');
  assert.equal(agent.status, 'ACTIVE');
  assert.equal(agent.balance, '0.00');
  assert.equal(agent.available, '0.00');
  assert.equal(agent.spentToday, '0.00');
  assert.equal(agent.currency, 'USD');
  assert.equal(agent.environment, 'SANDBOX');
  assert.match(agent.wallgentAddress, /^wg_/);
  assert.deepEqual(agent.permissions, [
    'wallets:read',
    'wallets:write',
    'payments:read',
    'payments:write',
  ]);
  const read = await wg.agents.retrieve(agent.id);
  assert.deepEqual(read, agent);
  assert.deepEqual(await wg.agents.get(agent.id), agent);
  assert.ok(!('apiKey' in read));

  const wallet = await wg.wallets.get(agent.id);
  assert.equal(wallet.walletType, 'AGENT');
  assert.equal(wallet.discoverable, true);
  assert.deepEqual(wallet.metadata, { team: 'search' });
  const key = await wg.apiKeys.get(agent.apiKeyId);
  assert.deepEqual(key.walletScope, [agent.id]);
  assert.deepEqual(key.permissions, agent.permissions);
});

test('agents are listed page by page, newest first, and filtered', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  await wg.wallets.create({ name: 'No agent' });
  const made: string[] = [];
  for (let number = 0; number < 5; number += 1) {
    made.unshift((await wg.agents.create({ name: `Agent ${number}` })).id);
  }
  const [newest = '', frozen = ''] = made;
  const first = await wg.agents.list({ limit: 2 });
  assert.equal(first.hasMore, true);
  assert.equal(first.nextCursor, first.cursor);
  const second = await wg.agents.list({ limit: 2, cursor: first.cursor });
  const ids = (page: { data: AgentBudget[] }) => page.data.map(({ id }) => id);
  assert.deepEqual([...ids(first), ...ids(second)], made.slice(0, 4));
  const all: string[] = [];
  for await (const agent of wg.agents.list({ limit: 2 })) all.push(agent.id);
  assert.deepEqual(all, made);

  await wg.agents.pause(frozen);
  assert.deepEqual(ids(await wg.agents.list({ status: 'FROZEN' })), [frozen]);
  assert.equal((await wg.agents.list({ status: 'ACTIVE' })).data.length, 4);
  assert.deepEqual(ids(await wg.agents.list({ walletId: newest })), [newest]);
  assert.deepEqual(ids(await wg.agents.list({ walletId: newest, status: 'FROZEN' })), []);
  await refusal(ValidationError, wg.agents.list({ limit: 0 }));
  await refusal(ValidationError, wg.agents.list({ cursor: 'nonsense' }));
});

test('a budget goes up and down without a fee, told in the type it was asked in', async () => {
  const { wg } = server;
  const { agent } = await fundedAgent(server, '125.00');
  await wg.wallets.fund(server.sandboxWalletId, { amount: '60.00' });
  const before = Number(await available(wg, server.sandboxWalletId));
  const { id } = agent;
  const byNumber = await wg.agents.adjustBudget(id, { amount: 50 });
  const expected = { id, adjustment: 50, newBalance: '175.00', currency: 'USD' };
  assert.deepEqual(byNumber, expected);
  const byText = await wg.agents.adjustBudget(id, { amount: '-25.00' });
  assert.deepEqual(byText, { ...expected, adjustment: '-25.00', newBalance: '150.00' });
  assert.equal((await wg.agents.adjustBudget(id, { amount: 0.5 })).adjustment, 0.5);
  assert.equal(before - Number(await available(wg, server.sandboxWalletId)), 25.5);
  // What goes in this way is not spending, and is not asked of policies.
  await wg.policies.create(id, { name: 'Nobody', approvedRecipients: [] });
  await wg.agents.adjustBudget(id, { amount: '-0.50' });
  assert.equal((await wg.agents.retrieve(id)).spentToday, '0.00');
  assert.equal((await wg.agents.retrieve(id)).balance, '150.00');
});

test('nobody gives what they do not have', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '100.00');
  await wg.policies.create(agent.id, { name: 'Ask me', requireHumanApproval: true });
  const waiting = itself.payments.send({
    from: agent.id,
    to: server.sandboxWalletId,
    amount: '50.00',
  });
  await refusal(ApprovalRequiredError, waiting);
  // 50.25 of the balance is held for the payment that waits.
  const tooMuch = wg.agents.adjustBudget(agent.id, { amount: '-49.76' });
  const error = await refusal(InsufficientFundsError, tooMuch);
  assert.equal(error.statusCode, 402);
  assert.equal(error.details?.walletId, agent.id);
  await wg.agents.adjustBudget(agent.id, { amount: '-49.75' });
  assert.equal((await wg.agents.retrieve(agent.id)).available, '0.00');

  const everything = await available(wg, server.sandboxWalletId);
  const more = { amount: (Number(everything) + 1).toFixed(2) };
  const empty = await refusal(InsufficientFundsError, wg.agents.adjustBudget(agent.id, more));
  assert.equal(empty.details?.walletId, server.sandboxWalletId);
  await refusal(InvalidAmountError, wg.agents.adjustBudget(agent.id, { amount: 0 }));
  await refusal(InvalidAmountError, wg.agents.adjustBudget(agent.id, { amount: '1.123456789' }));
});

test('an agent pays with its own key and sees no wallet but its own', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '100.00');
  const vendor = await fundedWallet(wg, '10.00', 'Vendor');
  const paid = await itself.payments.send({ from: agent.id, to: vendor.id, amount: '40.00' });
  assert.equal(paid.status, 'POSTED');
  const own = await itself.agents.retrieve(agent.id);
  assert.equal(own.balance, '59.75');
  assert.equal(own.spentToday, '40.00');
  assert.deepEqual(identity(own), identity(agent));

  await refusal(WalletNotFoundError, itself.wallets.get(vendor.id));
  const stolen = { from: vendor.id, to: agent.id, amount: '1.00' };
  await refusal(WalletNotFoundError, itself.payments.send(stolen));
  const { agent: other } = await fundedAgent(server, '1.00');
  await refusal(WalletNotFoundError, itself.agents.retrieve(other.id));
  assert.deepEqual(
    (await itself.agents.list()).data.map(({ id }) => id),
    [agent.id],
  );
  assert.deepEqual(
    (await itself.payments.list()).data.map(({ id }) => id),
    [paid.id],
  );
});

test('a paused agent pays nothing and still receives, until its owner resumes it', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '100.00');
  const vendor = await fundedWallet(wg, '100.00', 'Vendor');
  const pay = () => itself.payments.send({ from: agent.id, to: vendor.id, amount: '1.00' });
  assert.deepEqual(await wg.agents.pause(agent.id), { id: agent.id, status: 'FROZEN' });
  const error = await refusal(WalletFrozenError, pay());
  assert.equal(error.statusCode, 403);
  assert.equal((await wg.wallets.get(agent.id)).status, 'FROZEN');
  await wg.payments.send({ from: vendor.id, to: agent.id, amount: '5.00' });
  await wg.agents.adjustBudget(agent.id, { amount: '-5.00' });
  assert.deepEqual(await wg.agents.resume(agent.id), { id: agent.id, status: 'ACTIVE' });
  assert.equal((await pay()).status, 'POSTED');

  // An agent that does not trust itself any more may stop, but not go on.
  assert.equal((await itself.agents.pause(agent.id)).status, 'FROZEN');
  const refused = await refusal(WallgentError, itself.agents.resume(agent.id));
  assert.equal(refused.details?.ownerOnly, true);
  assert.equal((await wg.agents.retrieve(agent.id)).status, 'FROZEN');
});

test('a rotated key replaces the old one at once', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '10.00', { permissions: ['wallets:read'] });
  await itself.wallets.get(agent.id);
  const rotated = await wg.agents.rotateKey(agent.id);
  assert.equal(rotated.revokedKeyId, agent.apiKeyId);
  await refusal(ApiKeyRevokedError, itself.wallets.get(agent.id));
  const renewed = clientWith(rotated.apiKey);
  assert.equal((await renewed.wallets.get(agent.id)).balance, '10.00');
  const read = await wg.agents.retrieve(agent.id);
  assert.equal(read.apiKeyId, rotated.apiKeyId);
  assert.deepEqual(read.permissions, ['wallets:read']);
  assert.deepEqual((await wg.apiKeys.get(rotated.apiKeyId)).walletScope, [agent.id]);
});

test('a deleted agent gives its money back and is gone', async () => {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '100.00');
  const vendor = await wg.wallets.create({ name: 'Vendor' });
  await itself.payments.send({ from: agent.id, to: vendor.id, amount: '20.00' });
  await wg.policies.create(agent.id, { name: 'Ask me', requireHumanApproval: true });
  const waiting = itself.payments.send({ from: agent.id, to: vendor.id, amount: '30.00' });
  const { approvalId, resourceId } = await refusal(ApprovalRequiredError, waiting);
  const second = await wg.apiKeys.create({
    permissions: ['wallets:read'],
    walletScope: [agent.id],
  });

  const before = Number(await available(wg, server.sandboxWalletId));
  const ended = await wg.agents.delete(agent.id);
  assert.equal(ended.deleted, true);
  assert.equal(ended.sweptAmount, '79.75');
  assert.equal(Number(await available(wg, server.sandboxWalletId)) - before, 79.75);

  await refusal(WalletNotFoundError, wg.agents.retrieve(agent.id));
  await refusal(WalletNotFoundError, wg.agents.delete(agent.id));
  const listed = await collectAll((cursor) => wg.agents.list({ cursor, limit: 100 }));
  assert.ok(!listed.some(({ id }) => id === agent.id));
  const wallet = await wg.wallets.get(agent.id);
  assert.deepEqual([wallet.status, wallet.balance], ['CLOSED', '0.00']);
  for (const key of [itself, clientWith(second.secret)]) {
    await refusal(ApiKeyRevokedError, key.wallets.get(agent.id));
  }
  assert.equal((await wg.approvals.get(approvalId ?? '')).status, 'REJECTED');
  assert.equal((await wg.payments.get(resourceId ?? '')).status, 'REJECTED');
  assert.deepEqual((await wg.wallets.listHolds(agent.id, { status: 'PENDING' })).data, []);
});

test('what is the owner’s to do, no agent does for itself, whatever its key may do', async () => {
  const { agent, itself } = await fundedAgent(server, '10.00', { permissions: ['*'] });
  const templateId = (await server.wg.agents.templates()).data[0]?.id ?? '';
  const calls: Record<string, () => PromiseLike<unknown>> = {
    create: () => itself.agents.create({ name: 'Child' }),
    fromTemplate: () => itself.agents.fromTemplate({ templateId, name: 'Child' }),
    adjustBudget: () => itself.agents.adjustBudget(agent.id, { amount: 1 }),
    resume: () => itself.agents.resume(agent.id),
    rotateKey: () => itself.agents.rotateKey(agent.id),
    delete: () => itself.agents.delete(agent.id),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await refusal(WallgentError, call());
    assert.deepEqual([name, error.code, error.statusCode], [name, 'PERMISSION_DENIED', 403]);
    assert.equal(error.details?.ownerOnly, true, name);
  }
  const after = await server.wg.agents.retrieve(agent.id);
  assert.deepEqual([after.balance, after.apiKeyId], ['10.00', agent.apiKeyId]);
});

test('an agent gets no right that its maker does not have', async () => {
  const { wg } = server;
  const maker = await wg.apiKeys.create({
    permissions: ['wallets:read', 'wallets:write', 'api_keys:write'],
  });
  const client = clientWith(maker.secret);
  const tooMuch = await refusal(WallgentError, client.agents.create({ name: 'Agent' }));
  assert.equal(tooMuch.code, 'PERMISSION_DENIED');
  const reader = await client.agents.create({ name: 'Reader', permissions: ['wallets:read'] });
  assert.deepEqual(reader.permissions, ['wallets:read']);

  // Making agents is making keys too.
  const walletsOnly = await wg.apiKeys.create({ permissions: ['wallets:write', 'wallets:read'] });
  const refused = clientWith(walletsOnly.secret).agents.create({
    name: 'Agent',
    permissions: ['wallets:read'],
  });
  const error = await refusal(WallgentError, refused);
  assert.equal(error.details?.required, 'api_keys:write');
});

test('every template makes an agent with its rights and its policy', async () => {
  const { wg } = server;
  const templates = await wg.agents.templates();
  assert.ok(templates.data.length >= 6);
  assert.deepEqual([templates.cursor, templates.hasMore], [null, false]);
  for (const template of templates.data) {
    assert.match(template.id, /^tmpl_/);
    assert.ok(template.name.length > 0 && template.description.length > 0);
    const made = await wg.agents.fromTemplate({ templateId: template.id, name: template.name });
    assert.match(made.apiKey, /^wg_test_/);
    assert.equal(made.name, template.name);
    assert.equal(made.templateId, template.id);
    assert.deepEqual(made.permissions, template.permissions);
    const policy = await wg.policies.get(made.policyId);
    assert.equal(policy.walletId, made.id);
    assert.equal(policy.enabled, true);
    assert.deepEqual({ ...policy, ...template.policy }, policy);
    assert.equal((await clientWith(made.apiKey).agents.retrieve(made.id)).id, made.id);
  }
  const unknown = wg.agents.fromTemplate({ templateId: 'tmpl_unknown', name: 'Nobody' });
  const error = await refusal(WallgentError, unknown);
  assert.deepEqual([error.code, error.statusCode], ['NOT_FOUND', 404]);
});

test('an unknown agent, or a wallet that is none, is not found', async () => {
  const { wg } = server;
  const wallet = await wg.wallets.create({ name: 'No agent' });
  for (const id of [UNKNOWN, wallet.id, server.sandboxWalletId]) {
    await refusal(WalletNotFoundError, wg.agents.retrieve(id));
    await refusal(WalletNotFoundError, wg.agents.adjustBudget(id, { amount: 1 }));
    await refusal(WalletNotFoundError, wg.agents.pause(id));
    await refusal(WalletNotFoundError, wg.agents.resume(id));
    await refusal(WalletNotFoundError, wg.agents.rotateKey(id));
    await refusal(WalletNotFoundError, wg.agents.delete(id));
  }
  assert.equal((await wg.wallets.get(wallet.id)).status, 'ACTIVE');
  const { id } = await wg.agents.create({ name: 'Sandboxed' });
  await refusal(EnvironmentMismatchError, server.live.agents.retrieve(id));
  const stranger = await server.foundOrganization('SELF_HOSTED');
  await refusal(WalletNotFoundError, stranger.wg.agents.retrieve(id));
  await refusal(TypeError, wg.agents.retrieve(''));
});

test('what cannot be an agent is refused field by field', async () => {
  const { wg } = server;
  const error = await refusal(
    ValidationError,
    wg.agents.create({ name: '', agentName: 'x'.repeat(257) }),
  );
  assert.deepEqual(error.details?.fields?.map(({ path }) => path).sort(), ['agentName', 'name']);
});

test('sent again under its key, everything happens once', async () => {
  const { wg } = server;
  const create = () =>
    wg.agents.create({ name: 'Once', idempotencyKey: 'agent-once' }).withResponse();
  const [first, again] = [await create(), await create()];
  assert.deepEqual(again.data, first.data);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');

  const { id } = first.data;
  await wg.wallets.fund(server.sandboxWalletId, { amount: '20.00' });
  const give = { amount: '10.00', idempotencyKey: 'budget-once' };
  assert.deepEqual(await wg.agents.adjustBudget(id, give), await wg.agents.adjustBudget(id, give));
  assert.equal((await wg.agents.retrieve(id)).balance, '10.00');

  const options = { idempotencyKey: 'rotate-once' };
  const rotated = await wg.agents.rotateKey(id, options);
  assert.deepEqual(await wg.agents.rotateKey(id, options), rotated);
  assert.equal((await clientWith(rotated.apiKey).wallets.get(id)).id, id);
  const ending = { idempotencyKey: 'delete-once' };
  const ended = await wg.agents.delete(id, ending);
  assert.deepEqual(await wg.agents.delete(id, ending), ended);
});

test('agents count among the wallets of a plan', async () => {
  const { wg } = await server.foundOrganization('FREE');
  await wg.wallets.create({ name: 'Wallet' });
  const first = await wg.agents.create({ name: 'First' });
  await wg.agents.create({ name: 'Second' });
  await refusal(WalletLimitExceededError, wg.agents.create({ name: 'Third' }));
  await wg.agents.delete(first.id);
  await wg.agents.create({ name: 'Third' });
});
