// The code samples of the two reference documents about webhooks, as `seeds.test.ts` has the others: a real Express
// application receives what the real server delivers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  PolicyDeniedError,
  verifyWebhookSignature,
  type Wallgent,
  type WallgentEvent,
  WebhookNotFoundError,
} from '@wallgent/sdk';
import express from 'express';
import { printed } from './support/printed.ts';
import { listen, startReceiver } from './support/receiver.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedAgent, fundedWallet } from './support/world.ts';

let wg: Wallgent;
let webhookId: string;

const server = useServer({
  async prepare(started) {
    wg = started.wg;
  },
});

test('reference: Create a Webhook', async () => {
  const webhook = await wg.webhooks.create({
    url: 'https://your-app.com/webhooks/wallgent',
    events: ['payment.completed', 'wallet.funded', 'policy.denied'],
  });
  webhookId = webhook.id;
  assert.match(webhook.id, /^hook_01/);
  assert.match(webhook.secret, /^whsec_/);
  assert.equal(webhook.enabled, true);
});

test('reference: List Webhooks', async () => {
  const webhooks = await wg.webhooks.list();
  assert.deepEqual(
    webhooks.data.map(({ id, events }) => [id, events]),
    [[webhookId, ['payment.completed', 'wallet.funded', 'policy.denied']]],
  );
});

test('reference: Update a Webhook', async () => {
  await wg.webhooks.update(webhookId, {
    enabled: false,
  });
  assert.equal((await wg.webhooks.get(webhookId)).enabled, false);
});

test('reference: Delete a Webhook', async () => {
  await wg.webhooks.delete(webhookId);
  // “Webhook ID does not exist”
  await refusal(WebhookNotFoundError, wg.webhooks.get(webhookId));
});

test('reference: Webhook Signature Verification', async () => {
  const answers: number[] = [];
  const lines = await printed(async (console) => {
    const app = express();
    app.use(express.raw({ type: 'application/json' }));

    // Express example
    app.post('/webhooks/wallgent', (req, res) => {
      const rawBody = req.body as Buffer; // must be the raw Buffer/string, not parsed JSON
      const signature = req.headers['wallgent-signature'] as string;
      const secret = process.env.WALLGENT_WEBHOOK_SECRET!;

      const isValid = verifyWebhookSignature(rawBody, signature, secret);

      if (!isValid) {
        return res.status(401).send('Invalid signature');
      }

      const event = JSON.parse(rawBody.toString()) as WallgentEvent;
      console.log('Event:', event.type, event.data);

      return res.status(200).send('OK');
    });

    await using served = await listen(app);
    const events = ['wallet.funded' as const];
    const webhook = await wg.webhooks.create({ url: `${served.url}/webhooks/wallgent`, events });

    // Before the application knows its secret it refuses everything.
    delete process.env.WALLGENT_WEBHOOK_SECRET;
    const refused = await wg.webhooks.test(webhook.id);
    answers.push(refused.statusCode ?? 0);
    process.env.WALLGENT_WEBHOOK_SECRET = webhook.secret;
    const accepted = await wg.webhooks.test(webhook.id);
    answers.push(accepted.statusCode ?? 0);

    const forged = await fetch(webhook.url, {
      method: 'POST',
      headers: wg.webhooks.sign('{"type":"wallet.funded"}', `whsec_${btoa('guessed')}`),
      body: '{"type":"wallet.funded"}',
    });
    answers.push(forged.status);

    await wg.webhooks.delete(webhook.id);
    delete process.env.WALLGENT_WEBHOOK_SECRET;
  });
  assert.deepEqual(answers, [401, 200, 401]);
  assert.deepEqual(lines, ['Event: wallet.funded [object Object]']);
});

test('reference: what the samples read is in what is delivered', async () => {
  await using receiver = await startReceiver();
  const webhook = await wg.webhooks.create({
    url: receiver.url,
    events: ['payment.completed', 'wallet.funded', 'policy.denied'],
  });
  const { id: from } = await fundedWallet(wg, '100.00');
  const payment = await wg.payments.send({ from, to: server.sandboxWalletId, amount: '50.00' });
  await wg.policies.create(from, { name: 'Nobody', approvedRecipients: [] });
  const denied = await refusal(
    PolicyDeniedError,
    wg.payments.send({ from, to: server.sandboxWalletId, amount: '1.00' }),
  );

  const read = async (type: string) =>
    (await receiver.next(({ event }) => event.type === type)).event.data as unknown as Record<
      string,
      unknown
    >;
  assert.equal((await read('payment.completed')).transactionId, payment.id);
  assert.equal((await read('wallet.funded')).amount, '100.00');
  assert.equal((await read('policy.denied')).reason, denied.message);
  await wg.webhooks.delete(webhook.id);
});

test('guide: subscribe to the approval.approved and approval.rejected webhook events', async () => {
  await using receiver = await startReceiver();
  const webhook = await wg.webhooks.create({
    url: receiver.url,
    events: ['approval.approved', 'approval.rejected'],
  });
  await wg.wallets.fund(server.sandboxWalletId, { amount: '1000.00' });
  const { agent, itself } = await fundedAgent(server, '100.00');
  await wg.policies.create(agent.id, { name: 'Ask me', requireHumanApproval: true });
  const send = () =>
    itself.payments.send({ from: agent.id, to: server.sandboxWalletId, amount: 10 });

  const approved = await refusal(ApprovalRequiredError, send());
  await wg.approvals.approve(approved.approvalId ?? '');
  const rejected = await refusal(ApprovalRequiredError, send());
  await wg.approvals.reject(rejected.approvalId ?? '', 'Too dear');

  const told = await receiver.next(({ event }) => event.type === 'approval.approved');
  const after = await receiver.next(({ event }) => event.type === 'approval.rejected');
  assert.ok(told.event.type === 'approval.approved' && after.event.type === 'approval.rejected');
  assert.equal(told.event.data.approvalId, approved.approvalId);
  assert.equal(told.event.data.status, 'APPROVED');
  assert.equal(after.event.data.approvalId, rejected.approvalId);
  assert.equal(after.event.data.reason, 'Too dear');
  await wg.webhooks.delete(webhook.id);
});
