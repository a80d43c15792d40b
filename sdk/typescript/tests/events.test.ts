import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApprovalRequiredError,
  collectAll,
  type EventOf,
  type EventPattern,
  type EventType,
  PolicyDeniedError,
  ValidationError,
  Wallgent,
  type WallgentEvent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedAgent, fundedWallet } from './support/world.ts';

const server = useServer();

/** Everything that an organization was told so far. */
const all = (wg: Wallgent, type?: EventPattern) =>
  collectAll((cursor) => wg.events.list({ cursor, limit: 100, type }));

/** The events of one type, as the compiler knows them. */
function ofType<Type extends EventType>(events: WallgentEvent[], type: Type): EventOf<Type>[] {
  return events.filter((event): event is WallgentEvent & EventOf<Type> => event.type === type);
}

test('an event tells what happened, to what, when and by which request', async () => {
  const { wg, organizationId } = server;
  const { data: wallet, requestId } = await wg.wallets.create({ name: 'Told' }).withResponse();
  const event = (await all(wg, 'wallet.created')).find(
    ({ data }) => 'id' in data && data.id === wallet.id,
  );
  assert.ok(event);
  const { id, sequence, ...rest } = event;
  assert.match(id, /^evt_/);
  assert.ok(sequence > 0);
  assert.deepEqual(rest, {
    event: 'wallet.created',
    type: 'wallet.created',
    timestamp: wallet.createdAt,
    organizationId,
    environment: 'SANDBOX',
    requestId,
    data: wallet,
  });
  assert.deepEqual(await wg.events.get(id), event);
  assert.deepEqual(await wg.events.retrieve(id), event);
});

test('the life of an agent is told in its order, without gaps', async () => {
  const { wg, organizationId, sandboxWalletId } = await server.foundOrganization('SELF_HOSTED');
  const place = { wg, sandboxWalletId, url: server.url };
  await wg.wallets.fund(sandboxWalletId, { amount: '1000.00' });
  const { agent, itself } = await fundedAgent({ ...server, ...place }, '100.00');
  const to = sandboxWalletId;
  const pay = (amount: string) => itself.payments.send({ from: agent.id, to, amount });
  const paid = await pay('1.00');
  const rules = { maxTransactionAmount: '50.00', approvalThreshold: '10.00' };
  const policy = await wg.policies.create(agent.id, { name: 'Guard', ...rules });
  const denied = await refusal(PolicyDeniedError, pay('50.01'));
  const first = await refusal(ApprovalRequiredError, pay('11.00'));
  const second = await refusal(ApprovalRequiredError, pay('12.00'));
  await wg.approvals.approve(first.approvalId ?? '');
  await wg.approvals.reject(second.approvalId ?? '', 'Too dear');
  const reversal = await wg.payments.reverse(paid.id, { reason: 'Wrong one' });
  await wg.agents.pause(agent.id);
  await wg.agents.resume(agent.id);
  const rotated = await wg.agents.rotateKey(agent.id);
  await wg.policies.delete(policy.id);
  const ended = await wg.agents.delete(agent.id);

  const events = await all(wg);
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
  );
  assert.ok(events.every((event) => event.type === event.event));
  assert.ok(events.every((event) => event.organizationId === organizationId));
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  const times = events.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, [...times].sort());

  const types = events.map(({ type }) => type);
  const told = (wanted: EventType[]) => {
    let at = -1;
    for (const type of wanted) {
      at = types.indexOf(type, at + 1);
      assert.ok(at >= 0, `${type} in its place among ${types.join(', ')}`);
    }
  };
  told(['agent.created', 'agent.budget_adjusted', 'payment.completed', 'payment.received']);
  told(['policy.created', 'payment.denied', 'policy.denied']);
  told(['payment.pending_approval', 'approval.created', 'payment.pending_approval']);
  told(['approval.approved', 'payment.completed', 'approval.rejected', 'payment.reversed']);
  told(['wallet.frozen', 'agent.paused', 'wallet.unfrozen', 'agent.resumed']);
  told(['api_key.created', 'api_key.revoked', 'agent.key_rotated', 'policy.deleted']);
  told(['wallet.closed', 'agent.deleted']);

  const [completed] = ofType(events, 'payment.completed');
  assert.equal(completed?.data.transactionId, paid.id);
  assert.deepEqual(
    [completed?.data.from, completed?.data.to, completed?.data.amount, completed?.data.currency],
    [agent.id, to, '1.00', 'USD'],
  );
  // As it was then: it was reversed later.
  assert.deepEqual([completed?.data.status, completed?.data.reversedAmount], ['POSTED', '0.00']);
  const [funded] = ofType(events, 'wallet.funded');
  assert.deepEqual(
    [funded?.data.walletId, funded?.data.amount, funded?.data.newBalance],
    [sandboxWalletId, '1000.00', '1000.00'],
  );
  for (const type of ['policy.denied', 'payment.denied'] as const) {
    const [event] = ofType(events, type);
    assert.equal(event?.data.walletId, agent.id);
    assert.equal(event?.data.policyId, policy.id);
    assert.deepEqual([event?.data.amount, event?.data.to], ['50.01', to]);
    assert.equal(event?.data.reason, denied.message);
    assert.deepEqual(event?.data.violations, denied.details?.violations);
  }
  const decided = ofType(events, 'approval.rejected').map(({ data }) => [
    data.approvalId,
    data.reason,
  ]);
  assert.deepEqual(decided[0], [second.approvalId, 'Too dear']);
  assert.equal(ofType(events, 'approval.approved')[0]?.data.approvalId, first.approvalId);
  assert.deepEqual(
    ofType(events, 'approval.created').map(({ data }) => [data.approvalId, data.status]),
    [
      [first.approvalId, 'PENDING'],
      [second.approvalId, 'PENDING'],
    ],
  );
  const [reversed] = ofType(events, 'payment.reversed');
  assert.deepEqual([reversed?.data.id, reversed?.data.reversalAmount], [paid.id, '1.00']);
  assert.equal(reversed?.data.reversalId, reversal.reversalId);
  assert.equal(ofType(events, 'agent.budget_adjusted')[0]?.data.adjustment, '100.00');
  assert.equal(ofType(events, 'agent.key_rotated')[0]?.data.apiKeyId, rotated.apiKeyId);
  assert.deepEqual(ofType(events, 'agent.deleted')[0]?.data, ended);
});

test('no event holds a secret', async () => {
  const { wg } = server;
  const agent = await wg.agents.create({ name: 'Secretive' });
  const rotated = await wg.agents.rotateKey(agent.id);
  const key = await wg.apiKeys.create({ permissions: ['wallets:read'] });
  const webhook = await wg.webhooks.create({ url: 'http://127.0.0.1:1', events: ['delegation.*'] });
  const renewed = await wg.webhooks.rotateSecret(webhook.id);
  const everything = JSON.stringify(await all(wg));
  for (const id of [rotated.apiKeyId, key.id, webhook.id]) assert.ok(everything.includes(id));
  for (const secret of [agent.apiKey, rotated.apiKey, key.secret, webhook.secret, renewed.secret]) {
    assert.ok(!everything.includes(secret));
  }
  await wg.webhooks.delete(webhook.id);
});

test('events are read from any number on, page by page, by type and by family', async () => {
  const { wg } = await server.foundOrganization('SELF_HOSTED');
  for (const name of ['A', 'B', 'C']) await fundedWallet(wg, '1.00', name);
  const whole = await all(wg);
  assert.ok(whole.length >= 6);
  const paged: WallgentEvent[] = [];
  for await (const event of wg.events.list({ limit: 2 })) paged.push(event);
  assert.deepEqual(paged, whole);
  const page = await wg.events.list({ limit: 2 });
  assert.deepEqual([page.hasMore, page.nextCursor], [true, page.cursor]);

  const middle = whole[3]?.sequence ?? 0;
  assert.deepEqual(
    await collectAll((cursor) => wg.events.list({ after: middle, cursor, limit: 1 })),
    whole.slice(4),
  );
  const last = whole.at(-1)?.sequence ?? 0;
  assert.deepEqual(await wg.events.list({ after: last }), {
    data: [],
    cursor: null,
    hasMore: false,
    nextCursor: null,
  });
  // Whoever waits behind the last one gets the next one.
  const wallet = await wg.wallets.create({ name: 'Later' });
  const [next] = (await wg.events.list({ after: last })).data;
  assert.ok(next?.type === 'wallet.created');
  assert.deepEqual([next.sequence, next.data.id], [last + 1, wallet.id]);

  const funded = whole.filter(({ type }) => type === 'wallet.funded');
  assert.deepEqual(await all(wg, 'wallet.funded'), funded);
  assert.equal(funded.length, 3);
  assert.equal(
    (await all(wg, 'wallet.*')).length,
    whole.filter(({ type }) => type.startsWith('wallet.')).length + 1,
  );
  assert.deepEqual(await all(wg, 'payment.*'), []);
  assert.equal((await all(wg, '*')).length, whole.length + 1);
  for (const type of ['wallets.*', 'wallet', 'nothing.happened']) {
    const call = wg.events.list({ type: type as EventPattern });
    await refusal(ValidationError, call);
  }
  for (const after of [-1, 1.5, NaN]) await refusal(ValidationError, wg.events.list({ after }));
  await refusal(ValidationError, wg.events.list({ limit: 101 }));
  await refusal(ValidationError, wg.events.list({ cursor: 'nowhere' }));
});

test('each organization is told its own side of a payment', async () => {
  const { wg } = server;
  const partner = await server.foundOrganization('SELF_HOSTED');
  const from = await fundedWallet(wg, '100.00');
  const sent = await wg.payments.send({
    from: from.id,
    to: partner.sandboxWalletId,
    amount: '10.00',
    idempotencyKey: 'private-order-1',
  });
  const own = ofType(await all(wg), 'payment.completed').find(({ data }) => data.id === sent.id);
  assert.deepEqual([own?.data.fee, own?.data.idempotencyKey], ['0.25', 'private-order-1']);
  const theirs = await all(partner.wg);
  const [received] = ofType(theirs, 'payment.received');
  assert.equal(received?.data.transactionId, sent.id);
  assert.deepEqual(
    [received?.data.fee, received?.data.idempotencyKey, received?.requestId],
    [null, null, null],
  );
  assert.deepEqual(ofType(theirs, 'payment.completed'), []);
  const foreign = await refusal(WallgentError, partner.wg.events.get(own?.id ?? ''));
  assert.deepEqual([foreign.code, foreign.statusCode], ['NOT_FOUND', 404]);
});

test('a key that is bound to wallets is told only of those, a key without the permission of nothing', async () => {
  const { wg } = server;
  await wg.wallets.fund(server.sandboxWalletId, { amount: '10.00' });
  const { agent, itself } = await fundedAgent(server, '10.00', {
    permissions: ['wallets:read', 'payments:write', 'webhooks:read'],
  });
  const vendor = await wg.wallets.create({ name: 'Vendor' });
  const paid = await itself.payments.send({ from: agent.id, to: vendor.id, amount: '1.00' });
  const own = await all(itself);
  const [completed] = ofType(own, 'payment.completed');
  assert.equal(completed?.data.id, paid.id);
  // The receiver is another wallet, and so is every wallet that was made before.
  assert.deepEqual(ofType(own, 'payment.received'), []);
  assert.ok(ofType(own, 'wallet.created').every(({ data }) => data.id === agent.id));
  assert.ok(own.every(({ organizationId }) => organizationId === server.organizationId));
  const theirs = ofType(await all(wg), 'payment.received').at(-1);
  const hidden = await refusal(WallgentError, itself.events.get(theirs?.id ?? ''));
  assert.equal(hidden.code, 'NOT_FOUND');

  const other = await wg.agents.create({ name: 'Deaf' });
  const deaf = new Wallgent(other.apiKey, { baseUrl: server.url });
  const refused = await refusal(WallgentError, deaf.events.list());
  assert.equal(refused.details?.required, 'webhooks:read');
});

test('an event that never was is not found', async () => {
  const { wg } = server;
  for (const id of ['evt_x', 'evt_01J00000000000000000000000', 'wal_01J00000000000000000000000']) {
    const error = await refusal(WallgentError, wg.events.get(id));
    assert.deepEqual([error.code, error.statusCode], ['NOT_FOUND', 404]);
  }
});
