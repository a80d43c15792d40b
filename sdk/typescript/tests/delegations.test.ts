import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CreateDelegationParams,
  type Permission,
  PolicyDeniedError,
  ValidationError,
  WalletNotFoundError,
  Wallgent,
  WallgentError,
} from '@wallgent/sdk';
import { refusal } from './support/refusal.ts';
import { type Organization, useServer } from './support/server.ts';
import { available, fundedWallet } from './support/world.ts';

let partner: Organization;

const server = useServer({
  testClock: true,
  async prepare(started) {
    partner = await started.foundOrganization('SELF_HOSTED');
  },
});

/** A key of the partner's and a client with it. */
async function partnerKey(permissions: Permission[] = ['*']) {
  const { id, secret } = await partner.wg.apiKeys.create({ permissions });
  return { id, client: new Wallgent(secret, { baseUrl: server.url }) };
}

async function operations() {
  const { wg } = server;
  return { wg, ops: await fundedWallet(wg, '100.00'), vendor: await fundedWallet(wg, '1.00') };
}

test('a key of another organization acts on the wallet it was given, within what was granted', async () => {
  const { wg, ops, vendor } = await operations();
  const { id: delegateApiKeyId, client } = await partnerKey();
  await refusal(WalletNotFoundError, client.wallets.get(ops.id));
  const delegation = await wg.delegations.create({
    walletId: ops.id,
    delegateApiKeyId,
    permissions: ['wallets:read', 'payments:write'],
  });
  const { id, createdAt, grantorOrgId } = delegation;
  assert.match(id, /^del_/);
  assert.equal(grantorOrgId, server.organizationId);
  assert.deepEqual(delegation, {
    id,
    status: 'ACTIVE',
    grantorOrgId,
    granteeOrgId: null,
    delegateOrgId: null,
    delegateApiKeyId,
    walletId: ops.id,
    walletScope: [ops.id],
    permissions: ['wallets:read', 'payments:write'],
    environment: 'SANDBOX',
    expiresAt: null,
    revokedAt: null,
    createdAt,
  });
  assert.deepEqual(await wg.delegations.retrieve(id), delegation);
  assert.deepEqual(await wg.delegations.get(id), delegation);

  assert.equal((await client.wallets.get(ops.id)).available, '100.00');
  const paid = await client.payments.send({ from: ops.id, to: vendor.id, amount: '10.00' });
  assert.equal(paid.status, 'POSTED');
  assert.equal(await available(wg, vendor.id), '11.00');
  await refusal(WalletNotFoundError, client.wallets.get(vendor.id));
  await refusal(
    WalletNotFoundError,
    client.payments.send({ from: vendor.id, to: ops.id, amount: '1.00' }),
  );
  // Its own key may do anything, and still only this was granted.
  await refusal(WallgentError, client.policies.list(ops.id));
  await refusal(WallgentError, client.wallets.freeze(ops.id));
  assert.equal((await wg.wallets.get(ops.id)).status, 'ACTIVE');
  // Another key of the same partner was not named.
  await refusal(WalletNotFoundError, partner.wg.wallets.get(ops.id));
});

test('an organization gets it for all its keys, under either name and with short words', async () => {
  const { wg, ops, vendor } = await operations();
  const { organizationId } = partner;
  const grantees = [{ granteeOrgId: organizationId }, { delegateOrgId: organizationId }];
  for (const grantee of grantees) {
    const delegation = await wg.delegations.create({
      ...(grantee as { granteeOrgId: string }),
      walletScope: [ops.id, vendor.id],
      permissions: ['read', 'send'],
    });
    assert.equal(delegation.granteeOrgId, organizationId);
    assert.equal(delegation.delegateOrgId, organizationId);
    assert.equal(delegation.delegateApiKeyId, null);
    assert.equal(delegation.walletId, ops.id);
    assert.deepEqual(delegation.walletScope, [ops.id, vendor.id]);
    const granted: Permission[] = ['wallets:read', 'payments:read', 'payments:write'];
    assert.deepEqual(delegation.permissions, granted);
    const paid = await partner.wg.payments.send({ from: ops.id, to: vendor.id, amount: '1.00' });
    assert.equal(paid.status, 'POSTED');
    assert.equal((await partner.wg.payments.get(paid.id)).id, paid.id);
    await wg.delegations.delete(delegation.id);
  }

  // A key without the right does not get it by a delegation.
  await wg.delegations.create({
    walletId: ops.id,
    granteeOrgId: organizationId,
    permissions: ['read', 'send'],
  });
  const { client: reader } = await partnerKey(['wallets:read']);
  assert.equal((await reader.wallets.get(ops.id)).id, ops.id);
  const payment = reader.payments.send({ from: ops.id, to: vendor.id, amount: '1.00' });
  assert.equal((await refusal(WallgentError, payment)).details?.required, 'payments:write');
});

test('the policies of the wallet apply to whoever acts on it', async () => {
  const { wg, ops, vendor } = await operations();
  const { id: delegateApiKeyId, client } = await partnerKey();
  await wg.delegations.create({ walletId: ops.id, delegateApiKeyId, permissions: ['send'] });
  await wg.policies.create(ops.id, { name: 'Small sums', maxTransactionAmount: '5.00' });
  const pay = (amount: string) => client.payments.send({ from: ops.id, to: vendor.id, amount });
  await refusal(PolicyDeniedError, pay('5.01'));
  assert.equal((await pay('5.00')).status, 'POSTED');
});

test('it ends at once when it is deleted, and by itself when its time is up', async () => {
  const { wg, ops } = await operations();
  const { id: delegateApiKeyId, client } = await partnerKey();
  const grant: CreateDelegationParams = {
    walletId: ops.id,
    delegateApiKeyId,
    permissions: ['read'],
  };
  const { id } = await wg.delegations.create(grant);
  await client.wallets.get(ops.id);
  assert.deepEqual(await wg.delegations.delete(id), { id, deleted: true });
  await refusal(WalletNotFoundError, client.wallets.get(ops.id));
  const revoked = await wg.delegations.get(id);
  assert.equal(revoked.status, 'REVOKED');
  assert.ok(revoked.revokedAt);

  const { now } = await wg.sandbox.advanceClock({ advance: 'PT1S' });
  const expiresAt = new Date(Date.parse(now) + 3_600_000);
  const lent = await wg.delegations.create({ ...grant, expiresAt });
  assert.equal(lent.expiresAt, expiresAt.toISOString());
  await client.wallets.get(ops.id);
  await wg.sandbox.advanceClock({ advance: 'PT1H' });
  await refusal(WalletNotFoundError, client.wallets.get(ops.id));
  const statuses = (await wg.delegations.list({ walletId: ops.id })).data.map(
    ({ status }) => status,
  );
  assert.deepEqual(statuses, ['EXPIRED', 'REVOKED']);
  await refusal(ValidationError, wg.delegations.create({ ...grant, expiresAt: now }));
});

test('only what one may do oneself can be granted, and only by an owner', async () => {
  const { wg, ops } = await operations();
  const { id: delegateApiKeyId } = await partnerKey();
  const grant: CreateDelegationParams = {
    walletId: ops.id,
    delegateApiKeyId,
    permissions: ['payments:write'],
  };
  const clientOf = async (walletScope?: string[]) => {
    const permissions: Permission[] = walletScope ? ['*'] : ['delegations:write', 'wallets:read'];
    const { secret } = await wg.apiKeys.create({ permissions, walletScope });
    return new Wallgent(secret, { baseUrl: server.url });
  };
  const clerk = await clientOf();
  const tooMuch = await refusal(WallgentError, clerk.delegations.create(grant));
  assert.equal(tooMuch.code, 'PERMISSION_DENIED');
  const allowed = await clerk.delegations.create({ ...grant, permissions: ['wallets:read'] });
  assert.equal(allowed.status, 'ACTIVE');

  const bound = await clientOf([ops.id]);
  const refused = await refusal(WallgentError, bound.delegations.create(grant));
  assert.equal(refused.details?.ownerOnly, true);
});

test('delegations are listed by wallet, by role and page by page', async () => {
  const { wg, ops, vendor } = await operations();
  const stranger = await server.foundOrganization('SELF_HOSTED');
  const { organizationId } = stranger;
  const made: string[] = [];
  for (const walletId of [ops.id, ops.id, vendor.id]) {
    const grant = { walletId, granteeOrgId: organizationId, permissions: ['read' as const] };
    made.unshift((await wg.delegations.create(grant)).id);
  }
  const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id);
  assert.deepEqual(ids(await wg.delegations.list({ walletId: ops.id })), made.slice(1));
  assert.deepEqual(ids(await wg.delegations.list({ walletId: vendor.id })), made.slice(0, 1));
  assert.deepEqual(ids(await wg.delegations.list({ walletId: ops.id, role: 'GRANTEE' })), []);

  // Who may act sees what it was given.
  assert.deepEqual(ids(await stranger.wg.delegations.list({ role: 'GRANTEE' })), made);
  assert.deepEqual(ids(await stranger.wg.delegations.list({ role: 'GRANTOR' })), []);
  const seen: string[] = [];
  for await (const { id, grantorOrgId } of stranger.wg.delegations.list({ limit: 1 })) {
    seen.push(id);
    assert.equal(grantorOrgId, server.organizationId);
  }
  assert.deepEqual(seen, made);
  await refusal(ValidationError, wg.delegations.list({ role: 'OWNER' as 'GRANTOR' }));
});

test('a delegation that makes no sense is refused', async () => {
  const { wg, ops } = await operations();
  const { id: delegateApiKeyId } = await partnerKey();
  const good: CreateDelegationParams = {
    walletId: ops.id,
    delegateApiKeyId,
    permissions: ['read'],
  };
  await refusal(ValidationError, wg.delegations.create({ ...good, permissions: [] }));
  const misspelt = { ...good, permissions: ['wallets:reed'] } as unknown as CreateDelegationParams;
  await refusal(ValidationError, wg.delegations.create(misspelt));
  const nobody = { ...good, delegateApiKeyId: undefined } as unknown as CreateDelegationParams;
  await refusal(ValidationError, wg.delegations.create(nobody));
  const both = { ...good, granteeOrgId: partner.organizationId } as unknown;
  await refusal(ValidationError, wg.delegations.create(both as CreateDelegationParams));
  await refusal(WalletNotFoundError, wg.delegations.create({ ...good, walletId: 'wal_x' }));
  await refusal(
    WalletNotFoundError,
    wg.delegations.create({ ...good, walletId: partner.sandboxWalletId }),
  );
  for (const call of ['retrieve', 'delete'] as const) {
    const unknown = await refusal(WallgentError, wg.delegations[call]('del_01J_delegation_id'));
    assert.deepEqual([unknown.code, unknown.details?.resource], ['NOT_FOUND', 'delegation']);
  }
  assert.deepEqual((await wg.delegations.list({ walletId: ops.id })).data, []);
});

test('only who granted it takes it back', async () => {
  const { wg, ops } = await operations();
  const { id } = await wg.delegations.create({
    walletId: ops.id,
    granteeOrgId: partner.organizationId,
    permissions: ['read'],
  });
  const error = await refusal(WallgentError, partner.wg.delegations.delete(id));
  assert.equal(error.code, 'NOT_FOUND');
  assert.equal((await partner.wg.wallets.get(ops.id)).id, ops.id);
});
