import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  InvalidAmountError,
  PolicyDeniedError,
  PolicyNotFoundError,
  ValidationError,
  WalletNotFoundError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

const server = useServer({ testClock: true });

async function payer() {
  const { wg } = server;
  const [buyer, vendor] = [
    await fundedWallet(wg, '1000.00'),
    await wg.wallets.create({ name: 'Vendor' }),
  ];
  const pay = (amount: string) => wg.payments.send({ from: buyer.id, to: vendor.id, amount });
  return { wg, buyer, vendor, pay };
}

test('a policy is created, read, changed and deleted, in both forms of each call', async () => {
  const { wg, buyer, vendor } = await payer();
  const policy = await wg.policies.create(buyer.id, {
    name: 'Spending Guard',
    maxTransactionAmount: '100.00',
    dailySpendingLimit: 500,
    approvedRecipients: [vendor.id, 'wal_vendor_b'],
  });
  assert.match(policy.id, /^pol_/);
  assert.equal(policy.walletId, buyer.id);
  assert.equal(policy.enabled, true);
  assert.equal(policy.dailySpendingLimit, '500.00');
  assert.equal(policy.weeklySpendingLimit, null);
  assert.deepEqual(policy.approvedRecipients, [vendor.id, 'wal_vendor_b']);
  assert.deepEqual(await wg.policies.get(policy.id), policy);
  assert.deepEqual(await wg.policies.retrieve(policy.id), policy);
  assert.deepEqual(await wg.policies.get(buyer.id, policy.id), policy);
  assert.deepEqual(await wg.policies.retrieve(buyer.id, policy.id), policy);

  const raised = await wg.policies.update(policy.id, {
    dailySpendingLimit: '1000.00',
    enabled: true,
  });
  assert.equal(raised.dailySpendingLimit, '1000.00');
  const cleared = await wg.policies.update(buyer.id, policy.id, { approvedRecipients: null });
  assert.equal(cleared.approvedRecipients, null);
  assert.equal(cleared.maxTransactionAmount, '100.00');

  const other = await wg.policies.create(buyer.id, { name: 'Second' });
  const listed = await wg.policies.list(buyer.id);
  assert.deepEqual(new Set(listed.data.map(({ id }) => id)), new Set([policy.id, other.id]));
  assert.equal(listed.hasMore, false);
  assert.equal(await wg.policies.delete(policy.id), undefined);
  assert.equal(await wg.policies.delete(buyer.id, other.id), undefined);
  assert.deepEqual((await wg.policies.list(buyer.id)).data, []);
});

test('options go to the right argument in both forms', async () => {
  const { wg, buyer } = await payer();
  const { id } = await wg.policies.create(buyer.id, { name: 'Guard' });
  const options = { headers: { 'X-Request-Id': 'mine' } };
  const calls = [
    () => wg.policies.get(id, options),
    () => wg.policies.get(buyer.id, id, options),
    () => wg.policies.retrieve(id, options),
    () => wg.policies.update(id, { name: 'A' }, options),
    () => wg.policies.update(buyer.id, id, { name: 'B' }, options),
    () => wg.policies.delete(buyer.id, id, options),
  ];
  for (const call of calls) assert.equal((await call().withResponse()).requestId, 'mine');
});

test('a policy that does not exist, or is not the named wallet’s, is not found', async () => {
  const { wg, buyer, vendor } = await payer();
  const { id } = await wg.policies.create(buyer.id, { name: 'Guard' });
  await refusal(PolicyNotFoundError, wg.policies.get('pol_01J_policy_id'));
  await refusal(PolicyNotFoundError, wg.policies.update('pol_01J_policy_id', { enabled: false }));
  await refusal(PolicyNotFoundError, wg.policies.delete(vendor.id, id));
  await refusal(WalletNotFoundError, wg.policies.create('wal_x', { name: 'Guard' }));
});

test('a misspelt or impossible rule is refused, not ignored', async () => {
  const { wg, buyer } = await payer();
  const misspelt = { name: 'Guard', dailySpendLimit: '5.00' };
  await refusal(ValidationError, wg.policies.create(buyer.id, misspelt));
  await refusal(
    InvalidAmountError,
    wg.policies.create(buyer.id, { name: 'Guard', dailySpendingLimit: '-5' }),
  );
  const sameTime = { start: '09:00', end: '09:00', timezone: 'UTC' };
  await refusal(
    ValidationError,
    wg.policies.create(buyer.id, { name: 'Guard', timeRestrictions: sameTime }),
  );
});

test('a payment against the rules is denied and every broken rule named', async () => {
  const { wg, buyer, pay } = await payer();
  const rules = { maxTransactionAmount: '100.00', approvedRecipients: ['wal_vendor_a'] };
  const policy = await wg.policies.create(buyer.id, { name: 'Spending Guard', ...rules });
  const error = await refusal(PolicyDeniedError, pay('100.01'));
  assert.equal(error.statusCode, 403);
  const broken = error.details?.violations ?? [];
  assert.deepEqual(broken.map(({ rule }) => rule).sort(), [
    'approvedRecipients',
    'maxTransactionAmount',
  ]);
  assert.ok(
    broken.every(
      ({ policyId, policyName }) => policyId === policy.id && policyName === 'Spending Guard',
    ),
  );
  assert.equal(broken.find(({ rule }) => rule === 'maxTransactionAmount')?.limit, '100.00');
  assert.equal(await available(wg, buyer.id), '1000.00');
});

test('a limit is spent down to nothing, told, and begins anew the next day', async () => {
  const { wg, buyer, pay } = await payer();
  const policy = await wg.policies.create(buyer.id, {
    name: 'Daily',
    dailySpendingLimit: '100.00',
  });
  await pay('60.00');
  const [limit] = (await wg.policies.limits(buyer.id)).data;
  assert.equal(limit?.policyId, policy.id);
  assert.equal(limit?.rule, 'dailySpendingLimit');
  assert.deepEqual([limit?.limit, limit?.used, limit?.remaining], ['100.00', '60.00', '40.00']);
  assert.match(limit?.resetsAt ?? '', /T00:00:00\.000Z$/);
  assert.deepEqual(await wg.wallets.limits(buyer.id), await wg.policies.limits(buyer.id));
  await refusal(PolicyDeniedError, pay('40.01'));
  await pay('40.00');
  await refusal(PolicyDeniedError, pay('0.01'));
  await wg.sandbox.advanceClock({ advance: 'PT24H' });
  await pay('100.00');
});

test('a payment can be tried on the policies without making it', async () => {
  const { wg, buyer, vendor } = await payer();
  await wg.policies.create(buyer.id, {
    name: 'Guard',
    maxTransactionAmount: '100.00',
    approvalThreshold: '50.00',
  });
  const check = (amount: string) => wg.policies.check(buyer.id, { to: vendor.id, amount });
  assert.equal((await check('50.00')).decision, 'ALLOW');
  assert.equal((await check('50.01')).decision, 'REQUIRE_APPROVAL');
  const denied = await check('100.01');
  assert.equal(denied.decision, 'DENY');
  assert.deepEqual(
    denied.violations.map(({ rule }) => rule),
    ['maxTransactionAmount'],
  );
  assert.equal(await available(wg, buyer.id), '1000.00');
});

test('a wallet pays only at its hours', async () => {
  const { wg, buyer, pay } = await payer();
  // Nine to five in India, where the clocks are never changed: 03:30 to 11:30 UTC.
  const timeRestrictions = { start: '09:00', end: '17:00', timezone: 'Asia/Kolkata' };
  await wg.policies.create(buyer.id, { name: 'Office hours', timeRestrictions });
  const tomorrow = new Date(Date.parse(buyer.createdAt) + 86_400_000).toISOString().slice(0, 10);
  await wg.sandbox.advanceClock({ to: `${tomorrow}T03:29:59.999Z` });
  const error = await refusal(PolicyDeniedError, pay('1.00'));
  assert.deepEqual(
    error.details?.violations?.map(({ rule }) => rule),
    ['timeRestrictions'],
  );
  await wg.sandbox.advanceClock({ to: `${tomorrow}T03:30:00Z` });
  await pay('1.00');
  await wg.sandbox.advanceClock({ to: `${tomorrow}T11:30:00Z` });
  await refusal(PolicyDeniedError, pay('1.00'));
});

test('a payment that needs a person is accepted, held and readable', async () => {
  const { wg, buyer, pay } = await payer();
  await wg.policies.create(buyer.id, { name: 'Ask me', requireHumanApproval: true });
  const error = await refusal(ApprovalRequiredError, pay('100.00'));
  assert.equal(error.code, 'APPROVAL_REQUIRED');
  assert.equal(error.statusCode, 202);
  assert.match(error.approvalId ?? '', /^del_/);
  assert.equal(error.details?.approvalId, error.approvalId);
  assert.ok(Date.parse(error.details?.expiresAt ?? '') > 0);

  const waiting = await wg.payments.get(error.resourceId ?? '');
  assert.equal(waiting.status, 'PENDING_APPROVAL');
  assert.equal(waiting.approvalId, error.approvalId);
  const balance = await wg.wallets.getBalance(buyer.id);
  assert.deepEqual(
    [balance.balance, balance.held, balance.available],
    ['1000.00', '100.50', '899.50'],
  );
  const holds = await wg.wallets.listHolds(buyer.id, { status: 'PENDING' });
  assert.deepEqual(
    holds.data.map(({ amount, walletId }) => [amount, walletId]),
    [['100.50', buyer.id]],
  );
  assert.deepEqual((await wg.wallets.listHolds(buyer.id, { status: 'CAPTURED' })).data, []);
  const recorded = await wg.wallets.listPolicyEvaluations(buyer.id, { result: 'REQUIRE_APPROVAL' });
  assert.equal(recorded.data.length, 1);
});

test('an approval nobody gives lapses, and the money is free again', async () => {
  const { wg, buyer, pay } = await payer();
  await wg.policies.create(buyer.id, { name: 'Ask me', approvalMode: 'HUMAN_IN_THE_LOOP' });
  const error = await refusal(ApprovalRequiredError, pay('100.00'));
  await wg.sandbox.advanceClock({ advance: 'PT25H' });
  assert.equal((await wg.payments.get(error.resourceId ?? '')).status, 'EXPIRED');
  assert.equal(await available(wg, buyer.id), '1000.00');
});
