import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValidationError, WalletNotFoundError, Wallgent, WallgentError } from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedWallet } from './support/world.ts';

const server = useServer({ testClock: '2026-01-30T12:00:00Z' });

test('what was spent and received is told by the day, the week and the month', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  const buyer = await fundedWallet(wg, '1000.00');
  const vendor = await wg.wallets.create({ name: 'Vendor' });
  const pay = (amount: string) => wg.payments.send({ from: buyer.id, to: vendor.id, amount });
  await pay('100.00');
  await wg.sandbox.advanceClock({ to: '2026-02-01T12:00:00Z' });
  const { id } = await pay('10.00');

  const of = (walletId: string | undefined, groupBy: 'day' | 'week' | 'month') =>
    wg.analytics.getSpending({ walletId, groupBy, from: '2026-01-30', to: '2026-02-01' });
  assert.deepEqual(await of(buyer.id, 'day'), {
    dailyTotals: [
      { date: '2026-01-30', debits: '100.50', credits: '1000.00', net: '899.50' },
      { date: '2026-01-31', debits: '0.00', credits: '0.00', net: '0.00' },
      { date: '2026-02-01', debits: '10.25', credits: '0.00', net: '-10.25' },
    ],
    summary: { totalDebits: '110.75', totalCredits: '1000.00', netFlow: '889.25' },
  });
  const received = await of(vendor.id, 'week');
  assert.deepEqual(
    received.dailyTotals.map(({ credits }) => credits),
    ['110.00'],
  );
  const months = await of(buyer.id, 'month');
  assert.deepEqual(
    months.dailyTotals.map(({ debits }) => debits),
    ['100.50', '10.25'],
  );
  assert.deepEqual(months.summary, (await of(buyer.id, 'day')).summary);

  await wg.payments.reverse(id);
  const { summary } = await of(vendor.id, 'day');
  assert.deepEqual([summary.totalCredits, summary.totalDebits], ['110.00', '10.00']);
  // Without a wallet, the organization: at least what its wallets were given.
  assert.ok(Number((await of(undefined, 'day')).summary.totalCredits) >= 1000);
  assert.ok((await wg.analytics.getSpending()).dailyTotals.length > 1);
});

test('a key that is bound to wallets sees those', async () => {
  const { wg } = server;
  const [own, other] = [await fundedWallet(wg, '10.00'), await fundedWallet(wg, '20.00')];
  const { secret } = await wg.apiKeys.create({
    permissions: ['wallets:read'],
    walletScope: [own.id],
  });
  const bound = new Wallgent(secret, { baseUrl: server.url });
  assert.equal(
    (await bound.analytics.getSpending({ walletId: own.id })).summary.totalCredits,
    '10.00',
  );
  await refusal(WalletNotFoundError, bound.analytics.getSpending({ walletId: other.id }));
});

test('what is wrong is said', async () => {
  const { wg } = server;
  await refusal(WalletNotFoundError, wg.analytics.getSpending({ walletId: 'wal_x' }));
  for (const wrong of [
    { groupBy: 'hour' },
    { from: 'yesterday' },
    { from: '2026-02-02', to: '2026-02-01' },
  ]) {
    await refusal(ValidationError, wg.analytics.getSpending(wrong as never));
  }
  const { secret } = await wg.apiKeys.create({ permissions: ['invoices:read'] });
  const powerless = new Wallgent(secret, { baseUrl: server.url });
  const { code } = await refusal(WallgentError, powerless.analytics.getSpending());
  assert.equal(code, 'PERMISSION_DENIED');
});
