import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  type CreatePolicyParams,
  InsufficientFundsError,
  PolicyDeniedError,
  WalletFrozenError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedAgent, fundedWallet } from './support/world.ts';

const server = useServer({ testClock: true });
const ASK_ALWAYS: CreatePolicyParams = { name: 'Ask me', requireHumanApproval: true };

/** An agent with 200.00 and the given policy, and a vendor to pay. */
async function watchedAgent(rules: CreatePolicyParams = ASK_ALWAYS) {
  const { wg } = server;
  const { agent, itself } = await fundedAgent(server, '200.00');
  const policy = await wg.policies.create(agent.id, rules);
  const vendor = await wg.wallets.create({ name: 'Vendor' });
  const pay = (amount: string, idempotencyKey?: string) =>
    itself.payments.send({ from: agent.id, to: vendor.id, amount, idempotencyKey });
  const ask = async (amount: string, idempotencyKey?: string) => {
    const error = await refusal(ApprovalRequiredError, pay(amount, idempotencyKey));
    return { approvalId: error.approvalId ?? '', paymentId: error.resourceId ?? '' };
  };
  return { wg, agent, itself, policy, vendor, pay, ask };
}

/** The code and status of a refusal, and the state that it names. */
async function conflict(call: PromiseLike<unknown>) {
  const error = await refusal(WallgentError, call);
  return [error.code, error.statusCode, error.details?.status];
}

test('an agent is paid for, denied, and waits for its owner', async () => {
  const { wg, agent, itself, policy, vendor, pay } = await watchedAgent({
    name: 'Guard',
    maxTransactionAmount: '100.00',
    approvalThreshold: '20.00',
  });
  assert.equal((await pay('20.00')).status, 'POSTED');

  const denied = await refusal(PolicyDeniedError, pay('100.01'));
  assert.equal(denied.details?.violations?.[0]?.rule, 'maxTransactionAmount');

  const waits = await refusal(ApprovalRequiredError, pay('60.00'));
  assert.equal(waits.code, 'APPROVAL_REQUIRED');
  assert.equal(waits.statusCode, 202);
  assert.match(waits.approvalId ?? '', /^del_/);
  assert.equal(waits.details?.approvalId, waits.approvalId);
  const approvalId = waits.approvalId ?? '';
  // 20.25 are spent, 60.30 are held.
  const balance = await itself.wallets.getBalance(agent.id);
  assert.deepEqual([balance.balance, balance.available], ['179.75', '119.45']);
  assert.equal(await available(wg, vendor.id), '20.00');

  const approval = await wg.approvals.retrieve(approvalId);
  assert.deepEqual(approval, {
    id: approvalId,
    status: 'PENDING',
    walletId: agent.id,
    policyId: policy.id,
    amount: '60.00',
    currency: 'USD',
    requestedBy: agent.apiKeyId,
    decidedBy: null,
    decidedAt: null,
    reason: null,
    transactionId: waits.resourceId,
    transactionDetails: {
      type: 'PAYMENT',
      amount: '60.00',
      currency: 'USD',
      recipient: vendor.id,
      recipientName: 'Vendor',
      description: null,
    },
    createdAt: approval.createdAt,
    expiresAt: waits.details?.expiresAt,
  });
  assert.equal(Date.parse(approval.expiresAt) - Date.parse(approval.createdAt), 86_400_000);
  assert.deepEqual(await wg.approvals.get(approvalId), approval);

  const approved = await wg.approvals.approve(approvalId);
  assert.equal(approved.status, 'APPROVED');
  assert.match(approved.decidedBy ?? '', /^key_/);
  assert.ok(approved.decidedAt);
  assert.equal(approved.payment?.id, waits.resourceId);
  assert.equal(approved.payment?.status, 'POSTED');
  assert.equal(approved.payment?.fee, '0.30');
  assert.equal((await itself.payments.get(waits.resourceId ?? '')).status, 'POSTED');
  assert.equal(await available(wg, vendor.id), '80.00');
  const after = await itself.wallets.getBalance(agent.id);
  assert.deepEqual([after.balance, after.available, after.held], ['119.45', '119.45', '0.00']);
  const holds = await wg.wallets.listHolds(agent.id, { status: 'CAPTURED' });
  assert.deepEqual(
    holds.data.map(({ amount }) => amount),
    ['60.30'],
  );
});

test('a rejected payment frees its money and its part of the limit', async () => {
  const { wg, agent, itself, vendor, ask } = await watchedAgent({
    name: 'Guard',
    dailySpendingLimit: '100.00',
    requireHumanApproval: true,
  });
  const { approvalId, paymentId } = await ask('80.00');
  const spent = async () => (await wg.agents.retrieve(agent.id)).spentToday;
  assert.equal(await spent(), '80.00');
  const rejected = await wg.approvals.reject(approvalId, 'Not this month');
  assert.equal(rejected.status, 'REJECTED');
  assert.equal(rejected.reason, 'Not this month');
  assert.match(rejected.decidedBy ?? '', /^key_/);
  assert.equal((await itself.payments.get(paymentId)).status, 'REJECTED');
  assert.equal(await available(wg, agent.id), '200.00');
  assert.equal(await available(wg, vendor.id), '0.00');
  assert.equal(await spent(), '0.00');

  const second = await ask('90.00');
  assert.equal((await wg.approvals.reject(second.approvalId)).reason, null);
});

test('sent again under its key, a payment tells where it stands and how it ended', async () => {
  const { wg, vendor, pay, ask } = await watchedAgent();
  const [first, second, third] = [
    await ask('10.00', 'first'),
    await ask('20.00', 'second'),
    await ask('30.00', 'third'),
  ];
  assert.deepEqual(await ask('10.00', 'first'), first);
  await wg.approvals.approve(first.approvalId);
  const { data, headers } = await pay('10.00', 'first').withResponse();
  assert.deepEqual([data.id, data.status], [first.paymentId, 'POSTED']);
  assert.equal(headers.get('idempotent-replayed'), 'true');

  await wg.approvals.reject(second.approvalId, 'Too dear');
  const rejected = await refusal(PolicyDeniedError, pay('20.00', 'second'));
  assert.equal(rejected.details?.approvalId, second.approvalId);
  assert.equal(rejected.details?.approvalStatus, 'REJECTED');
  assert.equal(rejected.details?.reason, 'Too dear');

  await wg.sandbox.advanceClock({ advance: 'PT25H' });
  const expired = await refusal(PolicyDeniedError, pay('30.00', 'third'));
  assert.equal(expired.details?.approvalId, third.approvalId);
  assert.equal(expired.details?.approvalStatus, 'EXPIRED');
  assert.equal(await available(wg, vendor.id), '10.00');
});

test('what was decided, or has lapsed, is not decided again', async () => {
  const { wg, ask } = await watchedAgent();
  const { approvalId: approved } = await ask('10.00');
  const { approvalId: rejected } = await ask('10.00');
  const { approvalId: expired } = await ask('10.00');
  await wg.approvals.approve(approved);
  await wg.approvals.reject(rejected);
  await wg.sandbox.advanceClock({ advance: 'PT24H' });
  assert.equal((await wg.approvals.get(expired)).status, 'EXPIRED');
  for (const [id, status] of [
    [approved, 'APPROVED'],
    [rejected, 'REJECTED'],
    [expired, 'EXPIRED'],
  ] as const) {
    assert.deepEqual(await conflict(wg.approvals.approve(id)), ['CONFLICT', 409, status]);
    assert.deepEqual(await conflict(wg.approvals.reject(id, 'no')), ['CONFLICT', 409, status]);
  }
});

test('an approval that can no longer be paid stays pending', async () => {
  const { wg, agent, policy, ask } = await watchedAgent();
  const { approvalId } = await ask('50.00');
  const isPending = async () => {
    assert.equal((await wg.approvals.get(approvalId)).status, 'PENDING');
    assert.equal((await wg.wallets.getBalance(agent.id)).held, '50.25');
  };
  await wg.policies.update(policy.id, { maxTransactionAmount: '49.99' });
  const denied = await refusal(PolicyDeniedError, wg.approvals.approve(approvalId));
  assert.equal(denied.details?.violations?.[0]?.rule, 'maxTransactionAmount');
  await isPending();

  await wg.policies.update(policy.id, { maxTransactionAmount: '50.00' });
  await wg.agents.pause(agent.id);
  await refusal(WalletFrozenError, wg.approvals.approve(approvalId));
  await isPending();

  await wg.agents.resume(agent.id);
  assert.equal((await wg.approvals.approve(approvalId)).payment?.status, 'POSTED');
});

test('held money cannot be spent twice while it waits', async () => {
  const { wg, agent, pay, ask } = await watchedAgent({ name: 'Ask', approvalThreshold: '100.00' });
  await ask('150.00');
  const error = await refusal(InsufficientFundsError, pay('60.00'));
  assert.equal(error.details?.held, '150.75');
  assert.equal((await pay('49.00')).status, 'POSTED');
  assert.equal(await available(wg, agent.id), '0.00');
});

test('no agent decides for itself', async () => {
  const { wg, itself, agent, ask } = await watchedAgent();
  const { approvalId } = await ask('10.00');
  const missing = await refusal(WallgentError, itself.approvals.approve(approvalId));
  assert.equal(missing.code, 'PERMISSION_DENIED');
  assert.equal(missing.details?.required, 'approvals:write');

  const { secret } = await wg.apiKeys.create({ permissions: ['*'], walletScope: [agent.id] });
  const almighty = new Wallgent(secret, { baseUrl: server.url });
  for (const decide of ['approve', 'reject'] as const) {
    const refused = await refusal(WallgentError, almighty.approvals[decide](approvalId));
    assert.equal(refused.code, 'PERMISSION_DENIED');
    assert.equal(refused.details?.ownerOnly, true);
  }
  // It may watch, though.
  assert.equal((await almighty.approvals.get(approvalId)).status, 'PENDING');
});

test('a policy can ask for somebody else than who asked', async () => {
  const { wg } = server;
  const { id: from } = await fundedWallet(wg, '100.00');
  const { id: to } = await wg.wallets.create({ name: 'Vendor' });
  await wg.policies.create(from, { ...ASK_ALWAYS, requireDifferentApprover: true });
  const asked = await refusal(
    ApprovalRequiredError,
    wg.payments.send({ from, to, amount: '10.00' }),
  );
  const approvalId = asked.approvalId ?? '';
  const refused = await refusal(WallgentError, wg.approvals.approve(approvalId));
  assert.deepEqual([refused.code, refused.statusCode], ['PERMISSION_DENIED', 403]);
  assert.equal((await wg.approvals.get(approvalId)).status, 'PENDING');

  const { secret, id } = await wg.apiKeys.create({ permissions: ['approvals:write'] });
  const colleague = new Wallgent(secret, { baseUrl: server.url });
  assert.equal((await colleague.approvals.approve(approvalId)).decidedBy, id);
});

test('approvals are listed page by page, newest first, and filtered', async () => {
  const { wg, agent, itself, ask } = await watchedAgent();
  const asked: string[] = [];
  for (const amount of ['1.00', '2.00', '3.00', '4.00', '5.00']) {
    asked.unshift((await ask(amount)).approvalId);
  }
  const walletId = agent.id;
  const first = await wg.approvals.list({ walletId, limit: 2 });
  assert.equal(first.hasMore, true);
  const rest = await wg.approvals.list({ walletId, limit: 3, cursor: first.cursor });
  assert.deepEqual([rest.hasMore, rest.cursor], [false, null]);
  const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id);
  assert.deepEqual([...ids(first), ...ids(rest)], asked);

  const [newest = '', second = ''] = asked;
  await wg.approvals.approve(newest);
  await wg.approvals.reject(second);
  const having = async (status: 'PENDING' | 'APPROVED' | 'REJECTED' | 'EXPIRED') =>
    ids(await wg.approvals.list({ walletId, status }));
  assert.deepEqual(await having('APPROVED'), [newest]);
  assert.deepEqual(await having('REJECTED'), [second]);
  assert.deepEqual(await having('EXPIRED'), []);
  const pending: string[] = [];
  for await (const approval of wg.approvals.list({ walletId, status: 'PENDING', limit: 1 })) {
    pending.push(approval.id);
  }
  assert.deepEqual(pending, asked.slice(2));
  const refused = await refusal(WallgentError, itself.approvals.list());
  assert.equal(refused.details?.required, 'approvals:read');
});

test('an approval of somebody else is not found', async () => {
  const { wg, ask } = await watchedAgent();
  const { approvalId } = await ask('10.00');
  const stranger = await server.foundOrganization('SELF_HOSTED');
  const notFound = async (call: PromiseLike<unknown>) => {
    const error = await refusal(WallgentError, call);
    assert.deepEqual([error.code, error.statusCode], ['NOT_FOUND', 404]);
    assert.equal(error.details?.resource, 'approval');
  };
  await notFound(stranger.wg.approvals.get(approvalId));
  await notFound(stranger.wg.approvals.approve(approvalId));
  await notFound(stranger.wg.approvals.reject(approvalId));
  await notFound(wg.approvals.retrieve('del_01J_approval_id'));
  assert.deepEqual((await stranger.wg.approvals.list()).data, []);
});
