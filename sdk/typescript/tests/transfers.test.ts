import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  collectAll,
  InsufficientFundsError,
  InvalidAmountError,
  PolicyDeniedError,
  SandboxOnlyError,
  type Transfer,
  TransferNotFoundError,
  ValidationError,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { available, BANK_ACCOUNT, fundedAgent, fundedWallet } from './support/world.ts';

let bankAccountId: string;

const server = useServer({
  testClock: true,
  async prepare({ wg }) {
    const linked = await wg.bankAccounts.create(BANK_ACCOUNT);
    bankAccountId = linked.id;
  },
});

const NUMBERS = { routingNumber: '021000021', accountNumber: '000987654321' } as const;

/** The server does this by itself within the time that it is told to let pass. */
const settled = async (transfer: Transfer) => {
  await server.wg.sandbox.advanceClock({ advance: 'PT1H' });
  return server.wg.transfers.get(transfer.id);
};

test('a deposit is pending, then in the wallet, less its fee', async () => {
  const { wg } = server;
  const { id: walletId } = await wg.wallets.create({ name: 'Fresh' });
  const deposit = await wg.transfers.deposit({
    walletId,
    amount: '1000.00',
    currency: 'USD',
    bankAccountId,
    idempotencyKey: 'deposit-1',
  });
  assert.match(deposit.id, /^xfr_01/);
  assert.match(deposit.ledgerTxnId ?? '', /^txn_/);
  const told = [deposit.direction, deposit.rail, deposit.railType, deposit.status];
  assert.deepEqual(told, ['DEPOSIT', 'ACH', 'ACH', 'PENDING']);
  assert.deepEqual([deposit.amount, deposit.fee, deposit.customerFee], ['1000.00', '5.00', '5.00']);
  assert.deepEqual([deposit.bankAccountId, deposit.destination], [bankAccountId, null]);
  assert.deepEqual(deposit.source?.bankAccountId, bankAccountId);
  assert.equal(deposit.idempotencyKey, 'deposit-1');
  const before = await wg.wallets.getBalance(walletId);
  assert.deepEqual([before.available, Number(before.pending) > 0], ['0.00', true]);

  const completed = await settled(deposit);
  assert.equal(completed.status, 'COMPLETED');
  assert.ok(completed.completedAt && completed.settleTxnId);
  assert.equal(await available(wg, walletId), '995.00');
  assert.deepEqual(await wg.transfers.retrieve(deposit.id), completed);
});

test('a withdrawal leaves at once, and comes back with its fee when it fails', async () => {
  const { wg } = server;
  const { id: walletId } = await fundedWallet(wg, '1000.00');
  const withdrawal = await wg.transfers.withdraw({ walletId, amount: 500, bankAccountId });
  assert.deepEqual([withdrawal.direction, withdrawal.fee], ['WITHDRAWAL', '2.50']);
  assert.equal(await available(wg, walletId), '497.50');
  const failed = await wg.sandbox.failTransfer(withdrawal.id, { reason: 'No such account' });
  assert.deepEqual([failed.status, failed.failureReason], ['FAILED', 'No such account']);
  assert.equal(await available(wg, walletId), '1000.00');

  const short = wg.transfers.withdraw({ walletId, amount: '1000.00', bankAccountId });
  assert.equal((await refusal(InsufficientFundsError, short)).details?.required, '1005.00');
});

test('the other side can be named by its numbers or as an address, and is shown masked', async () => {
  const { wg, live } = server;
  const { id: walletId } = await fundedWallet(wg, '1000.00');
  const wire = await wg.transfers.deposit({
    walletId,
    amount: '100.00',
    source: { type: 'WIRE', ...NUMBERS, accountHolderName: 'Payer' },
  });
  assert.equal(wire.rail, 'WIRE');
  assert.equal(wire.source?.accountHolderName, 'Payer');
  assert.match(wire.source?.accountNumber ?? '', /^\D+4321$/);
  const usdc = await wg.transfers.withdraw({
    walletId,
    amount: '10.00',
    currency: 'USDC',
    destination: { type: 'USDC', address: '0xabc', chain: 'base' },
  });
  assert.deepEqual([usdc.currency, usdc.destination?.address], ['USDC', '0xabc']);
  const linked = await wg.transfers.withdraw({
    walletId,
    amount: '10.00',
    destination: { type: 'FEDNOW', bankAccountId },
  });
  assert.deepEqual([linked.rail, linked.bankAccountId], ['FEDNOW', bankAccountId]);

  const source = { type: 'ACH', ...NUMBERS } as const;
  const both = { walletId, amount: '100.00', bankAccountId, source };
  await refusal(ValidationError, wg.transfers.deposit(both as never));
  await refusal(ValidationError, wg.transfers.deposit({ walletId, amount: '100.00' } as never));
  const real = { walletId: server.liveWalletId, amount: '100.00', source };
  await refusal(SandboxOnlyError, live.transfers.deposit(real));
});

test('a deposit has a minimum', async () => {
  const { wg } = server;
  const { id: walletId } = await wg.wallets.create({ name: 'Small' });
  const small = wg.transfers.deposit({ walletId, amount: '24.99', bankAccountId });
  assert.equal((await refusal(InvalidAmountError, small)).details?.minimum, '25.00');
});

test('between two wallets money moves at once, and for nothing', async () => {
  const { wg } = server;
  const { id: fromWalletId } = await fundedWallet(wg, '300.00');
  const { id: toWalletId } = await wg.wallets.create({ name: 'Savings' });
  const description = 'Move to savings';
  const order = { fromWalletId, toWalletId, amount: '250.00', description };
  const { id, transactionId, ...rest } = await wg.transfers.internal(order);
  assert.match(id, /^xfr_01/);
  assert.match(transactionId, /^txn_01/);
  const wallets = { walletId: fromWalletId, fromWalletId, toWalletId };
  const money = { amount: '250.00', currency: 'USD', description };
  assert.deepEqual(rest, { status: 'COMPLETED', ...wallets, ...money });
  assert.equal(await available(wg, fromWalletId), '50.00');
  assert.equal(await available(wg, toWalletId), '250.00');
  const found = await wg.transfers.get(id);
  assert.deepEqual([found.direction, found.rail, found.fee], ['INTERNAL', 'INTERNAL', '0.00']);
  assert.equal(found.toWalletId, toWalletId);
  await refusal(InsufficientFundsError, wg.transfers.internal({ ...order, amount: 51 }));
});

test('transfers are listed by wallet, direction, status and key', async () => {
  const { wg } = server;
  const { id: walletId } = await fundedWallet(wg, '1000.00');
  const deposits = [];
  for (const amount of [25, 26, 27]) {
    const idempotencyKey = `listed-${amount}-${walletId}`;
    deposits.push(await wg.transfers.deposit({ walletId, amount, bankAccountId, idempotencyKey }));
  }
  const withdrawal = await wg.transfers.withdraw({ walletId, amount: 1, bankAccountId });
  const ids = deposits.map(({ id }) => id).reverse();
  const list = async (params: object) =>
    (
      await collectAll((cursor) => wg.transfers.list({ walletId, limit: 2, cursor, ...params }))
    ).map(({ id }) => id);
  assert.deepEqual(await list({}), [withdrawal.id, ...ids]);
  assert.deepEqual(await list({ direction: 'DEPOSIT' }), ids);
  assert.deepEqual(await list({ direction: 'INTERNAL' }), []);
  assert.deepEqual(await list({ idempotencyKey: `listed-26-${walletId}` }), [ids[1]]);
  await wg.transfers.cancel(withdrawal.id);
  assert.deepEqual(await list({ status: 'CANCELLED' }), [withdrawal.id]);
  const page = await wg.transfers.list({ walletId, limit: 2 });
  assert.deepEqual([page.hasMore, page.nextCursor], [true, page.cursor]);
});

test('a transfer is called back in time, or not at all', async () => {
  const { wg } = server;
  const { id: walletId } = await fundedWallet(wg, '100.00');
  const order = { walletId, amount: '50.00', bankAccountId } as const;
  const first = await wg.transfers.withdraw(order);
  assert.equal((await wg.transfers.cancel(first.id)).status, 'CANCELLED');
  assert.equal(await available(wg, walletId), '100.00');
  const second = await wg.transfers.withdraw(order);
  await wg.sandbox.settleTransfer(second.id);
  const late = await refusal(WallgentError, wg.transfers.cancel(second.id));
  assert.deepEqual([late.code, late.details?.status], ['CONFLICT', 'COMPLETED']);
  for (const id of ['xfr_x', 'xfr_01J00000000000000000000000']) {
    await refusal(TransferNotFoundError, wg.transfers.get(id));
    await refusal(TransferNotFoundError, wg.transfers.cancel(id));
  }
});

test('in the sandbox the other side is driven by hand', async () => {
  const { wg } = server;
  const { id: walletId } = await wg.wallets.create({ name: 'Returned' });
  const deposit = await wg.transfers.deposit({ walletId, amount: '100.00', bankAccountId });
  assert.equal((await wg.sandbox.settleTransfer(deposit.id)).status, 'COMPLETED');
  assert.equal(await available(wg, walletId), '99.50');
  const returned = await wg.sandbox.returnTransfer(deposit.id, { reason: 'R01' });
  assert.deepEqual([returned.status, returned.failureReason], ['RETURNED', 'R01']);
  const again = await refusal(WallgentError, wg.sandbox.settleTransfer(deposit.id));
  assert.deepEqual([again.code, again.details?.status], ['CONFLICT', 'RETURNED']);
  await refusal(SandboxOnlyError, server.live.sandbox.settleTransfer(deposit.id));
});

test('an agent withdraws only to where its policy says, and its owner approves', async () => {
  const { wg } = server;
  await wg.wallets.fund(server.sandboxWalletId, { amount: '1000.00' });
  const { agent, itself } = await fundedAgent(server, '500.00');
  const order = { walletId: agent.id, amount: '100.00', bankAccountId } as const;
  const unlisted = await refusal(WallgentError, itself.transfers.withdraw(order));
  assert.deepEqual([unlisted.code, unlisted.details?.ownerOnly], ['PERMISSION_DENIED', true]);
  const rules = { approvedRecipients: [bankAccountId], approvalThreshold: '50.00' };
  await wg.policies.create(agent.id, { name: 'Payout', ...rules, maxTransactionAmount: '200.00' });
  await refusal(PolicyDeniedError, itself.transfers.withdraw({ ...order, amount: '201.00' }));

  const waits = await refusal(ApprovalRequiredError, itself.transfers.withdraw(order));
  const waiting = await wg.transfers.get(waits.resourceId ?? '');
  assert.equal(waiting.status, 'PENDING_APPROVAL');
  assert.equal(waiting.approvalId, waits.approvalId);
  const approval = await wg.approvals.get(waits.approvalId ?? '');
  assert.equal(approval.transferId, waiting.id);
  assert.equal(approval.transactionDetails.type, 'WITHDRAWAL');
  assert.equal(approval.transactionDetails.recipient, bankAccountId);
  const approved = await wg.approvals.approve(approval.id);
  assert.equal(approved.transfer?.id, waiting.id);
  assert.equal(approved.payment, undefined);
  assert.equal((await settled(waiting)).status, 'COMPLETED');
});

test('what becomes of a transfer is told', async () => {
  const { wg } = server;
  const { id: walletId } = await wg.wallets.create({ name: 'Told' });
  const deposit = await wg.transfers.deposit({ walletId, amount: '100.00', bankAccountId });
  const completed = await settled(deposit);
  const told = await collectAll((cursor) =>
    wg.events.list({ type: 'transfer.*', cursor, limit: 100 }),
  );
  const own = told.flatMap((event) =>
    event.type.startsWith('transfer.') && 'rail' in event.data && event.data.id === deposit.id
      ? [[event.type, event.data.status]]
      : [],
  );
  assert.deepEqual(own, [
    ['transfer.created', 'PENDING'],
    ['transfer.processing', 'PROCESSING'],
    ['transfer.completed', 'COMPLETED'],
  ]);
  assert.deepEqual(told.at(-1)?.data, completed);
  const linked = (await wg.events.list({ type: 'bank_account.*' })).data[0];
  assert.ok(linked?.type === 'bank_account.linked');
  assert.deepEqual(linked.data, await wg.bankAccounts.get(bankAccountId));
});
