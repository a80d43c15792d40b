import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  InvalidAmountError,
  SandboxOnlyError,
  ValidationError,
  WalletNotFoundError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';

const server = useServer({ testClock: true });

test('test money has a cap for each call and for each wallet', async () => {
  const { wg } = server;
  const { id: walletId } = await wg.wallets.create({ name: 'Buyer' });
  const funding = await wg.sandbox.fund({ walletId, amount: '10000.00' });
  assert.deepEqual(funding, { walletId, amount: '10000.00', newBalance: '10000.00' });
  await refusal(InvalidAmountError, wg.sandbox.fund({ walletId, amount: '10000.01' }));
  for (let times = 1; times < 10; times += 1) await wg.sandbox.fund({ walletId, amount: 10_000 });
  await refusal(InvalidAmountError, wg.sandbox.fund({ walletId, amount: '0.01' }));
  assert.equal((await wg.wallets.get(walletId)).balance, '100000.00');
});

test('it is for sandbox keys and wallets that exist', async () => {
  await refusal(
    SandboxOnlyError,
    server.live.sandbox.fund({ walletId: server.liveWalletId, amount: '1.00' }),
  );
  await refusal(WalletNotFoundError, server.wg.sandbox.fund({ walletId: 'wal_x', amount: '1.00' }));
});

test('the clock moves on by a duration or to a moment, never back', async () => {
  const { wg } = server;
  const first = await wg.sandbox.advanceClock({ advance: 'PT24H' });
  const later = new Date(Date.parse(first.now) + 60_000);
  const second = await wg.sandbox.advanceClock({ to: later });
  assert.equal(Date.parse(second.now), later.getTime());
  const wallet = await wg.wallets.create({ name: 'Made then' });
  assert.equal(wallet.createdAt, second.now);
  await refusal(ValidationError, wg.sandbox.advanceClock({ to: first.now }));
  await refusal(ValidationError, wg.sandbox.advanceClock({ advance: 'yesterday' }));
});
