// The code samples of the two reference documents about agents, the agent network, approvals, delegations and the audit
// log, as `seeds.test.ts` has the others. Their dates are of early 2026, so that is when the server thinks it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  autoPaginate,
  collectAll,
  PolicyDeniedError,
  WalletFrozenError,
  WalletNotFoundError,
  Wallgent,
} from '@wallgent/sdk';
import { printed } from './support/printed.ts';
import { refusal } from './support/refusal.ts';
import { type Organization, useServer } from './support/server.ts';
import { available, fundedAgent, fundedWallet } from './support/world.ts';

let wg: Wallgent;
let partner: Organization;
let orgWalletId: string;
let vendorId: string;
let agentId: string;
let agentKey: string;
let agentKeyId: string;
let delegationId: string;

const server = useServer({
  testClock: '2026-01-05T09:00:00Z',
  async prepare(started) {
    wg = started.wg;
    orgWalletId = started.sandboxWalletId;
    await wg.wallets.fund(orgWalletId, { amount: '1000.00' });
    vendorId = (await wg.wallets.create({ name: 'Vendor' })).id;
    partner = await started.foundOrganization('SELF_HOSTED');
  },
});

test('reference: Create an Agent', async () => {
  const agent = await wg.agents.create({
    name: 'Research Bot',
    permissions: ['wallets:read', 'payments:write'],
  });
  assert.match(agent.id, /^wal_01/);
  assert.match(agent.apiKey, /^wg_test_/);
  assert.match(agent.apiKeyId, /^key_01/);
  assert.equal(agent.balance, '0.00');
  agentId = agent.id;
  agentKey = agent.apiKey;
  agentKeyId = agent.apiKeyId;
  // “The wallet ID doubles as the agent ID.”
  assert.equal((await wg.wallets.get(agent.id)).name, 'Research Bot');
});

test('reference: List Agents', async () => {
  const result = await wg.agents.list({ limit: 50 });
  assert.deepEqual(
    result.data.map(({ id }) => id),
    [agentId],
  );
  assert.equal(result.cursor, null);
  assert.equal(result.hasMore, false);
});

test('reference: Retrieve an Agent', async () => {
  await wg.agents.adjustBudget(agentId, { amount: '125.00' });
  const agent = await wg.agents.retrieve(agentId);
  assert.equal(agent.status, 'ACTIVE');
  assert.equal(agent.balance, '125.00');
});

test('reference: Adjust Budget', async () => {
  const before = await available(wg, orgWalletId);
  const result = await wg.agents.adjustBudget(agentId, { amount: 50 });
  assert.deepEqual(result, {
    id: agentId,
    adjustment: 50,
    newBalance: '175.00',
    currency: 'USD',
  });

  await wg.agents.adjustBudget(agentId, { amount: -25 });
  assert.equal((await wg.agents.retrieve(agentId)).balance, '150.00');
  assert.equal(Number(before) - Number(await available(wg, orgWalletId)), 25);
});

test('reference: Pause and Resume', async () => {
  const agent = new Wallgent(agentKey, { baseUrl: server.url });
  const pay = () => agent.payments.send({ from: agentId, to: vendorId, amount: '1.00' });

  await wg.agents.pause(agentId);
  await refusal(WalletFrozenError, pay());
  assert.equal((await wg.agents.retrieve(agentId)).status, 'FROZEN');

  await wg.agents.resume(agentId);
  assert.equal((await pay()).state, 'POSTED');
});

test('reference: Rotate API Key', async () => {
  const result = await wg.agents.rotateKey(agentId);
  assert.match(result.apiKey, /^wg_test_/);
  assert.notEqual(result.apiKey, agentKey);
  assert.match(result.apiKeyId, /^key_01/);
  assert.equal(result.revokedKeyId, agentKeyId);
  assert.equal((await wg.apiKeys.get(result.revokedKeyId)).status, 'REVOKED');
});

test('reference: Delete Agent', async () => {
  const left = (await wg.agents.retrieve(agentId)).balance;
  const result = await wg.agents.delete(agentId);
  assert.deepEqual(result, { id: agentId, deleted: true, sweptAmount: left });
  await refusal(WalletNotFoundError, wg.agents.retrieve(agentId));
});

test('reference: Pay Another Agent', async () => {
  const recipient = await partner.wg.agents.create({ name: 'Data processor' });
  const result = await wg.network.payAgent({
    toAddress: recipient.wallgentAddress,
    amount: '25.00',
    description: 'Data processing fee',
  });
  const { transactionId, ...rest } = result;
  assert.match(transactionId, /^txn_01/);
  const expected = {
    from: orgWalletId,
    to: recipient.id,
    toAddress: recipient.wallgentAddress,
    amount: '25.00',
    fees: '0.00',
  };
  assert.deepEqual({ ...rest, ...expected }, rest);
  assert.equal((await partner.wg.agents.retrieve(recipient.id)).balance, '25.00');
});

test('reference: Search Agent Directory', async () => {
  const { wallgentAddress } = await partner.wg.agents.create({ name: 'Market Analytics' });
  const lines = await printed(async (console) => {
    const directory = await wg.network.searchDirectory('analytics');

    for (const entry of directory.data) {
      console.log(`${entry.name} — ${entry.wallgentAddress}`);
    }
  });
  assert.deepEqual(lines, [`Market Analytics — ${wallgentAddress}`]);
});

test('reference: Approvals', async () => {
  const { agent, itself } = await fundedAgent(server, '200.00');
  // “When a policy has HUMAN_IN_THE_LOOP enabled”
  await wg.policies.create(agent.id, { name: 'Ask me', approvalMode: 'HUMAN_IN_THE_LOOP' });
  const ask = async (amount: string) => {
    const payment = itself.payments.send({ from: agent.id, to: vendorId, amount });
    const error = await refusal(ApprovalRequiredError, payment);
    return { approvalId: error.approvalId ?? '', paymentId: error.resourceId ?? '' };
  };
  const [first, second] = [await ask('40.00'), await ask('60.00')];

  // List Pending Approvals
  const lines = await printed(async (console) => {
    const result = await wg.approvals.list({ status: 'PENDING' });
    for (const approval of result.data) {
      console.log(
        `${approval.id}: ${approval.transactionDetails.amount} to ${approval.transactionDetails.recipient}`,
      );
    }
  });
  assert.deepEqual(lines, [
    `${second.approvalId}: 60.00 to ${vendorId}`,
    `${first.approvalId}: 40.00 to ${vendorId}`,
  ]);

  // Retrieve an Approval
  const approval = await wg.approvals.retrieve(first.approvalId);
  assert.equal(approval.status, 'PENDING');

  // “Approve — payment executes immediately”
  await wg.approvals.approve(first.approvalId);
  assert.equal((await wg.approvals.retrieve(first.approvalId)).status, 'APPROVED');
  assert.equal((await itself.payments.get(first.paymentId)).state, 'POSTED');

  // “Reject with a reason”
  await wg.approvals.reject(second.approvalId, 'Amount exceeds monthly budget review threshold');
  const rejected = await wg.approvals.retrieve(second.approvalId);
  assert.equal(rejected.status, 'REJECTED');
  assert.equal(rejected.reason, 'Amount exceeds monthly budget review threshold');
  assert.equal((await itself.payments.get(second.paymentId)).state, 'REJECTED');
});

test('reference: Delegations', async () => {
  const ops = await fundedWallet(wg, '100.00', 'Operations');
  const partnerKey = await partner.wg.apiKeys.create({ permissions: ['*'] });

  // Create a Delegation
  const delegation = await wg.delegations.create({
    walletId: ops.id,
    delegateApiKeyId: partnerKey.id,
    permissions: ['wallets:read', 'payments:write'],
    walletScope: [ops.id],
    expiresAt: '2026-06-01T00:00:00Z',
  });
  assert.match(delegation.id, /^del_01/);
  assert.equal(delegation.expiresAt, '2026-06-01T00:00:00.000Z');
  delegationId = delegation.id;

  // “Grant another organization's API key scoped access to specific wallets.”
  const delegate = new Wallgent(partnerKey.secret, { baseUrl: server.url });
  assert.equal((await delegate.wallets.get(ops.id)).available, '100.00');
  const paid = await delegate.payments.send({ from: ops.id, to: vendorId, amount: '10.00' });
  assert.equal(paid.state, 'POSTED');
  await refusal(WalletNotFoundError, delegate.wallets.get(vendorId));

  // List Delegations
  const result = await wg.delegations.list({ walletId: ops.id });
  assert.deepEqual(
    result.data.map(({ id }) => id),
    [delegationId],
  );

  // Delete a Delegation
  await wg.delegations.delete(delegationId);
  await refusal(WalletNotFoundError, delegate.wallets.get(ops.id));
});

test('reference: List Audit Log Entries', async () => {
  const lines = await printed(async (console) => {
    const result = await wg.auditLogs.list({
      action: 'wallet.created',
      resource: 'wallet',
      from: '2026-01-01T00:00:00Z',
      to: '2026-02-01T00:00:00Z',
      limit: 100,
    });

    for (const entry of result.data) {
      console.log(`[${entry.createdAt}] ${entry.actorType} — ${entry.action} on ${entry.resource}`);
    }
  });
  assert.ok(lines.includes('[2026-01-05T09:00:00.000Z] API_KEY — wallet.created on wallet'));
  assert.ok(lines.every((line) => line.endsWith(' — wallet.created on wallet')));
});

test('reference: pagination of any resource', async () => {
  for (const name of ['Third', 'Second', 'First']) await wg.agents.create({ name });
  const names: string[] = [];
  for await (const agent of autoPaginate((cursor) => wg.agents.list({ cursor, limit: 2 }))) {
    names.push(agent.name);
  }
  assert.deepEqual(names, ['First', 'Second', 'Third', 'Agent']);
  const entries = await collectAll((cursor) => wg.auditLogs.list({ cursor, limit: 7 }));
  assert.ok(entries.length > 14);
  assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length);
});

test('guide: Special Case: ApprovalRequired, followed to its end', async () => {
  const { agent, itself } = await fundedAgent(server, '100.00');
  await wg.policies.create(agent.id, { name: 'Ask me', requireHumanApproval: true });
  const approvals: string[] = [];
  const send = async (idempotencyKey: string) => {
    try {
      const payment = await itself.payments.send({
        from: agent.id,
        to: vendorId,
        amount: '10.00',
        idempotencyKey,
      });
      return payment.status;
    } catch (err) {
      if (!(err instanceof ApprovalRequiredError)) throw err;
      const approvalId = err.details?.approvalId as string;
      approvals.push(approvalId);
      return undefined;
    }
  };
  await send('first');
  await send('second');
  const [first = '', second = ''] = approvals;

  // “Use GET /v1/approvals/:id to poll the status.”
  const poll = async (approvalId: string) => {
    const response = await fetch(`${server.url}/v1/approvals/${approvalId}`, {
      headers: { Authorization: `Bearer ${server.sandboxKey}` },
    });
    return ((await response.json()) as { status: string }).status;
  };
  assert.equal(await poll(first), 'PENDING');
  await wg.approvals.approve(first);
  await wg.approvals.reject(second);
  assert.equal(await poll(first), 'APPROVED');
  assert.equal(await poll(second), 'REJECTED');

  // Whoever sends it again under its key learns how it ended.
  assert.equal(await send('first'), 'POSTED');
  const error = await refusal(PolicyDeniedError, send('second'));
  assert.equal(error.details?.approvalId, second);
  assert.equal(error.details?.approvalStatus, 'REJECTED');
});
