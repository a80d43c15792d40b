import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  IdempotencyKeyReuseError,
  InsufficientFundsError,
  InvalidAmountError,
  PolicyDeniedError,
  ValidationError,
  WalletFrozenError,
  WalletNotFoundError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { type Organization, useServer } from './support/server.ts';
import { available, fundedAgent, fundedWallet } from './support/world.ts';

let partner: Organization;

const server = useServer({
  async prepare(started) {
    partner = await started.foundOrganization('SELF_HOSTED');
  },
});

test('an agent pays an agent of another organization, at once and for nothing', async () => {
  const { agent, itself } = await fundedAgent(server, '100.00');
  const recipient = await partner.wg.agents.create({ name: 'Data processor' });
  const paid = await itself.network.payAgent({
    toAddress: recipient.wallgentAddress,
    amount: '25.00',
    description: 'Data processing fee',
  });
  assert.match(paid.transactionId, /^txn_/);
  assert.deepEqual(paid, {
    transactionId: paid.transactionId,
    id: paid.transactionId,
    from: agent.id,
    to: recipient.id,
    toAddress: recipient.wallgentAddress,
    amount: '25.00',
    fees: '0.00',
    currency: 'USD',
    status: 'POSTED',
    state: 'POSTED',
    description: 'Data processing fee',
  });
  assert.equal(await available(server.wg, agent.id), '75.00');
  assert.equal((await partner.wg.agents.retrieve(recipient.id)).balance, '25.00');

  const sent = await itself.payments.get(paid.transactionId);
  assert.deepEqual([sent.status, sent.fee, sent.rail], ['POSTED', '0.00', 'NETWORK']);
  const received = await partner.wg.payments.get(paid.transactionId);
  assert.deepEqual([received.amount, received.fee], ['25.00', null]);
  assert.equal((await server.wg.agents.retrieve(agent.id)).spentToday, '25.00');
});

test('the wallet that pays is the key’s only one, the named one, or the organization’s', async () => {
  const { wg, sandboxWalletId } = server;
  const { wallgentAddress: toAddress } = await partner.wg.agents.create({ name: 'Recipient' });
  const { agent, itself } = await fundedAgent(server, '10.00');
  const named = await fundedWallet(wg, '10.00');
  await wg.wallets.fund(sandboxWalletId, { amount: '10.00' });
  const pay = { toAddress, amount: 1 };
  assert.equal((await itself.network.payAgent(pay)).from, agent.id);
  assert.equal((await wg.network.payAgent(pay)).from, sandboxWalletId);
  assert.equal((await wg.network.payAgent({ ...pay, fromWalletId: named.id })).from, named.id);
  const foreign = itself.network.payAgent({ ...pay, fromWalletId: named.id });
  const error = await refusal(WalletNotFoundError, foreign);
  assert.equal(error.details?.walletId, named.id);
});

test('the rules of the wallet are the rules of the network', async () => {
  const { wg } = server;
  const { wallgentAddress: toAddress, id: to } = await partner.wg.agents.create({ name: 'Known' });
  const { agent, itself } = await fundedAgent(server, '100.00');
  const pay = (amount: string) => itself.network.payAgent({ toAddress, amount });
  await refusal(InsufficientFundsError, pay('100.01'));
  const policy = await wg.policies.create(agent.id, {
    name: 'Guard',
    approvedRecipients: [toAddress],
    dailySpendingLimit: '50.00',
    approvalThreshold: '20.00',
  });
  assert.equal((await pay('20.00')).status, 'POSTED');
  const denied = await refusal(PolicyDeniedError, pay('30.01'));
  assert.equal(denied.details?.violations?.[0]?.rule, 'dailySpendingLimit');

  const waits = await refusal(ApprovalRequiredError, pay('30.00'));
  const balance = await itself.wallets.getBalance(agent.id);
  assert.deepEqual([balance.held, balance.available], ['30.00', '50.00']);
  const approval = await wg.approvals.get(waits.approvalId ?? '');
  assert.equal(approval.transactionDetails.type, 'NETWORK_PAYMENT');
  assert.equal(approval.transactionDetails.recipient, to);
  assert.equal(approval.transactionId, waits.resourceId);
  const approved = await wg.approvals.approve(approval.id);
  assert.deepEqual([approved.payment?.status, approved.payment?.fee], ['POSTED', '0.00']);
  assert.equal((await partner.wg.agents.retrieve(to)).balance, '50.00');

  await wg.policies.update(policy.id, {
    approvedRecipients: [],
    dailySpendingLimit: null,
    approvalThreshold: null,
    requireHumanApproval: false,
  });
  const unknown = await refusal(PolicyDeniedError, pay('1.00'));
  assert.equal(unknown.details?.violations?.[0]?.rule, 'approvedRecipients');
  await wg.agents.pause(agent.id);
  await refusal(WalletFrozenError, pay('1.00'));
});

test('a payment that cannot be meant is refused', async () => {
  const { wg, live } = server;
  const { agent, itself } = await fundedAgent(server, '10.00');
  const { wallgentAddress: toAddress } = await partner.wg.agents.create({ name: 'Recipient' });
  for (const address of ['wg_01J_recipient_address', 'nobody', agent.id]) {
    const call = itself.network.payAgent({ toAddress: address, amount: '1.00' });
    assert.equal((await refusal(WalletNotFoundError, call)).statusCode, 404);
  }
  await refusal(InvalidAmountError, itself.network.payAgent({ toAddress, amount: '0.00' }));
  await refusal(InvalidAmountError, itself.network.payAgent({ toAddress, amount: -1 }));
  const itselfPaid = itself.network.payAgent({ toAddress: agent.wallgentAddress, amount: 1 });
  await refusal(ValidationError, itselfPaid);
  // An address of the sandbox does not exist in production.
  await refusal(WalletNotFoundError, live.network.payAgent({ toAddress, amount: '1.00' }));
  assert.equal(await available(wg, agent.id), '10.00');
});

test('sent again under its key, it is paid once', async () => {
  const { itself } = await fundedAgent(server, '10.00');
  const recipient = await partner.wg.agents.create({ name: 'Recipient' });
  const { wallgentAddress: toAddress } = recipient;
  const order = { toAddress, amount: '4.00', idempotencyKey: 'order-1' };
  const first = await itself.network.payAgent(order);
  assert.deepEqual(await itself.network.payAgent(order), first);
  assert.equal((await partner.wg.agents.retrieve(recipient.id)).balance, '4.00');
  const other = await refusal(
    IdempotencyKeyReuseError,
    itself.network.payAgent({ ...order, amount: '5.00' }),
  );
  assert.equal(other.details?.resourceId, first.transactionId);
});

test('the directory finds the beginning of any word, of every organization', async () => {
  const { wg } = server;
  const ours = await wg.agents.create({ name: 'Zebra-Analytics Desk', agentName: 'counting' });
  const theirs = await partner.wg.agents.create({ name: 'ÉTUDE zebra' });
  const found = async (search: string) =>
    (await wg.network.searchDirectory(search)).data.map(({ walletId }) => walletId);
  assert.deepEqual(new Set(await found('zeb')), new Set([ours.id, theirs.id]));
  assert.deepEqual(await found('ZEBRA ana'), [ours.id]);
  assert.deepEqual(await found('count'), [ours.id]);
  assert.deepEqual(await found('étud'), [theirs.id]);
  assert.deepEqual(await found(theirs.wallgentAddress), [theirs.id]);
  assert.deepEqual(await found('ebra'), []);
  // And shows nothing more than how to pay them.
  assert.deepEqual((await wg.network.searchDirectory('étude')).data, [
    {
      walletId: theirs.id,
      name: 'ÉTUDE zebra',
      agentName: null,
      wallgentAddress: theirs.wallgentAddress,
    },
  ]);
  assert.deepEqual((await server.live.network.searchDirectory('zebra')).data, []);
});

test('whoever does not want to be found is not', async () => {
  const { wg } = server;
  const found = async () =>
    new Set((await wg.network.searchDirectory('quagga')).data.map(({ name }) => name));
  const hidden = await wg.agents.create({ name: 'Quagga hidden', discoverable: false });
  const wallet = await wg.wallets.create({ name: 'Quagga wallet' });
  const { id } = await wg.agents.create({ name: 'Quagga agent' });
  assert.deepEqual(await found(), new Set(['Quagga agent']));
  await wg.wallets.update(wallet.id, { discoverable: true });
  await wg.wallets.update(hidden.id, { discoverable: true });
  await wg.wallets.update(id, { name: 'Renamed' });
  assert.deepEqual(await found(), new Set(['Quagga hidden', 'Quagga wallet']));
  await wg.agents.delete(hidden.id);
  await wg.wallets.close(wallet.id);
  assert.deepEqual(await found(), new Set());
});

test('the directory comes page by page, and whole when nothing is searched', async () => {
  const { wg } = partner;
  const made = new Set<string>();
  for (let number = 0; number < 5; number += 1) {
    made.add((await wg.agents.create({ name: `Okapi ${number}` })).id);
  }
  const first = await wg.network.searchDirectory('okapi', { limit: 2 });
  assert.deepEqual([first.data.length, first.hasMore], [2, true]);
  const seen: string[] = [];
  for await (const entry of wg.network.searchDirectory('okapi', { limit: 2 })) {
    seen.push(entry.walletId);
  }
  assert.equal(seen.length, 5);
  assert.deepEqual(new Set(seen), made);
  const everybody = new Set<string>();
  for await (const entry of wg.network.searchDirectory(undefined, { limit: 3 })) {
    everybody.add(entry.walletId);
  }
  for (const id of made) assert.ok(everybody.has(id));
  assert.ok(everybody.size > made.size);
  assert.equal((await wg.network.searchDirectory('')).data.length, Math.min(everybody.size, 20));
});
