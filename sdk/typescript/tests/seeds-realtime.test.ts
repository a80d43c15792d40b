// The code samples of the reference document about the realtime stream, as `seeds.test.ts` has the others. In between, the
// real server does what they listen for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyDeniedError, WallgentRealtime } from '@wallgent/sdk';
import { eventually } from './support/eventually.ts';
import { printed } from './support/printed.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedWallet } from './support/world.ts';

const server = useServer();

test('reference: Realtime (WebSocket)', async () => {
  const { wg } = server;

  // Constructor
  const realtime = new WallgentRealtime(
    server.sandboxKey,
    server.url, // http(s) is automatically converted to ws(s)
  );

  let paymentId = '';
  let reason = '';
  const all: string[] = [];
  const lines = await printed(async (console) => {
    // Connect
    await realtime.connect();

    // Subscribe to Events
    const unsubscribePayment = realtime.on('payment.completed', (data) => {
      console.log('Payment completed:', data.transactionId);
    });

    realtime.on('wallet.funded', (data) => {
      console.log('Funded:', data.amount);
    });

    realtime.on('policy.denied', (data) => {
      console.log('Policy blocked:', data.reason);
    });

    const { id: from } = await fundedWallet(wg, '100.00');
    const pay = () => wg.payments.send({ from, to: server.sandboxWalletId, amount: '50.00' });
    paymentId = (await pay()).id;
    await wg.policies.create(from, { name: 'Nobody', approvedRecipients: [] });
    reason = (await refusal(PolicyDeniedError, pay())).message;
    const [denied] = (await wg.events.list({ type: 'policy.denied' })).data;
    await eventually(async () =>
      (realtime.sequence ?? 0) >= (denied?.sequence ?? 0) ? true : undefined,
    );

    // Unsubscribe later
    unsubscribePayment();

    // Wildcard Listener
    realtime.on('*', (data) => {
      console.log(`Event: ${data._event}`, data);
    });
    realtime.on('*', (data) => all.push(data._event));

    await fundedWallet(wg, '20.00');
    const { id: other } = await fundedWallet(wg, '90.00');
    await wg.payments.send({ from: other, to: server.sandboxWalletId, amount: '1.00' });
    await eventually(async () => (all.includes('payment.received') ? true : undefined));

    // Disconnect
    realtime.disconnect();
  });

  const told = lines.filter((line) => !line.startsWith('Event:'));
  assert.deepEqual(told, [
    'Funded: 100.00',
    `Payment completed: ${paymentId}`,
    `Policy blocked: ${reason}`,
    'Funded: 20.00',
    'Funded: 90.00',
  ]);
  const events = lines.filter((line) => line.startsWith('Event:'));
  assert.deepEqual(
    events,
    all.map((event) => `Event: ${event} [object Object]`),
  );
  assert.deepEqual(
    all.filter((event) => event.startsWith('wallet.') || event === 'payment.completed'),
    ['wallet.created', 'wallet.funded', 'wallet.created', 'wallet.funded', 'payment.completed'],
  );
});
