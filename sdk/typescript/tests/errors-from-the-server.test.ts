// Each class of the reference's tables, thrown by an answer of the real server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Merchant, RateLimitExceededError, Wallgent, WallgentError } from '@wallgent/sdk';
import { ERROR_CLASSES } from './support/error-classes.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedWallet } from './support/world.ts';

type Code = keyof typeof ERROR_CLASSES;

const UNKNOWN = '01J00000000000000000000000';
/** What the plan FREE allows. */
const FREE_WALLETS = 3;
const FREE_WRITES_A_MINUTE = 10;

let wg: Wallgent;
let buyerId: string;
let vendorId: string;
/** Takes payments from wallet to wallet. */
let shop: Merchant;
/** Takes none. */
let cardShop: Merchant;

const server = useServer({
  async prepare(started) {
    wg = started.wg;
    buyerId = (await fundedWallet(wg, '1000.00')).id;
    vendorId = (await wg.wallets.create({ name: 'Vendor' })).id;
    shop = await foundShop('shop.example.com', true);
    cardShop = await foundShop('card-shop.example.com', false);
  },
});

/** A merchant of another organization. */
async function foundShop(domain: string, closedLoop: boolean): Promise<Merchant> {
  const owner = await server.foundOrganization('SELF_HOSTED');
  return owner.wg.merchants.create({ name: 'Shop', domain, closedLoop });
}

const pay = (amount: string, from = buyerId) => wg.payments.send({ from, to: vendorId, amount });

/** Writes more often than it may; what it may comes back slowly. */
async function busy(free: Wallgent): Promise<void> {
  for (let writes = 0; writes < 3 * FREE_WRITES_A_MINUTE; writes += 1) {
    await free.organizations.update({ name: `Busy ${writes}` });
  }
}

/** What brings the server to each of them. */
const PROVOCATIONS: Record<Code, () => PromiseLike<unknown>> = {
  INSUFFICIENT_FUNDS: () => pay('1000.00'),
  async POLICY_DENIED() {
    const { id } = await fundedWallet(wg, '100.00');
    await wg.policies.create(id, { name: 'Small sums', maxTransactionAmount: '5.00' });
    await pay('5.01', id);
  },
  WALLET_NOT_FOUND: () => wg.wallets.get(`wal_${UNKNOWN}`),
  INVALID_AMOUNT: () => pay('0'),
  ENVIRONMENT_MISMATCH: () => wg.wallets.get(server.liveWalletId),
  async RATE_LIMIT_EXCEEDED() {
    await busy((await server.foundOrganization('FREE')).wg);
  },
  UNAUTHORIZED: () => clientOf(`wg_test_${'0'.repeat(32)}`).wallets.list(),
  VALIDATION_ERROR: () => wg.wallets.create({ name: '' }),
  MERCHANT_NOT_FOUND: () =>
    wg.payments.send({ from: buyerId, merchantHint: { domain: 'nobody.example.com' }, amount: 1 }),
  async MERCHANT_SUSPENDED() {
    await server.operate('merchant', 'suspend', shop.id);
    await wg.payments.send({ from: buyerId, merchantId: shop.id, amount: 1 });
  },
  CLOSED_LOOP_UNAVAILABLE: () =>
    wg.payments.send({ from: buyerId, merchantId: cardShop.id, amount: 1 }),
  async WALLET_FROZEN() {
    const { id } = await fundedWallet(wg, '100.00');
    await wg.wallets.freeze(id);
    await pay('1.00', id);
  },
  async APPROVAL_REQUIRED() {
    const { id } = await fundedWallet(wg, '100.00');
    await wg.policies.create(id, { name: 'Ask me', requireHumanApproval: true });
    await pay('1.00', id);
  },
  TRANSFER_NOT_FOUND: () => wg.transfers.get(`xfr_${UNKNOWN}`),
  WEBHOOK_NOT_FOUND: () => wg.webhooks.get(`hook_${UNKNOWN}`),
  POLICY_NOT_FOUND: () => wg.policies.get(`pol_${UNKNOWN}`),
  async WALLET_LIMIT_EXCEEDED() {
    const free = await server.foundOrganization('FREE');
    for (let wallets = 0; wallets <= FREE_WALLETS; wallets += 1) {
      await free.wg.wallets.create({ name: `Wallet ${wallets}` });
    }
  },
  async API_KEY_REVOKED() {
    const key = await wg.apiKeys.create({ permissions: ['wallets:read'] });
    await wg.apiKeys.revoke(key.id);
    await clientOf(key.secret).wallets.list();
  },
  async IDEMPOTENCY_KEY_REUSE() {
    const idempotencyKey = 'used-twice';
    await wg.payments.send({ from: buyerId, to: vendorId, amount: '1.00', idempotencyKey });
    await wg.payments.send({ from: buyerId, to: vendorId, amount: '2.00', idempotencyKey });
  },
  async REVERSAL_NOT_ALLOWED() {
    const { id } = await pay('1.00');
    await wg.payments.reverse(id);
    await wg.payments.reverse(id);
  },
  PAYMENT_LINK_NOT_FOUND: () => wg.paymentLinks.get(`pyl_${UNKNOWN}`),
  BATCH_PARTIAL_FAILURE: () =>
    wg.payments.batch({
      payments: [
        { from: buyerId, to: vendorId, amount: '1.00' },
        { from: buyerId, to: vendorId, amount: '5000.00' },
      ],
    }),
  SANDBOX_ONLY: () => server.live.wallets.fund(server.liveWalletId, { amount: '1.00' }),
  CARD_NOT_FOUND: () => wg.cards.get(`crd_${UNKNOWN}`),
};

function clientOf(key: string): Wallgent {
  return new Wallgent(key, { baseUrl: server.url });
}

for (const code of Object.keys(ERROR_CLASSES) as Code[]) {
  const [statusCode, ErrorClass] = ERROR_CLASSES[code];
  test(`the server brings about ${ErrorClass.name}`, async () => {
    const error = await refusal(WallgentError, PROVOCATIONS[code]());
    assert.equal(error.constructor, ErrorClass, error.message);
    assert.deepEqual(
      [error.name, error.code, error.statusCode],
      [ErrorClass.name, code, statusCode],
    );
    assert.ok(error.message.length > 0);
    assert.ok(error.requestId);
  });
}

test('a rate limit says how long to wait', async () => {
  const free = await server.foundOrganization('FREE');
  const error = await refusal(RateLimitExceededError, busy(free.wg));
  const retryAfter = (error.details?.retryAfter as number) ?? 60;
  assert.ok(Number.isInteger(retryAfter) && retryAfter >= 1 && retryAfter <= 60);
});

test('what has no class of its own is a plain WallgentError', async () => {
  const { secret } = await wg.apiKeys.create({ permissions: ['wallets:read'] });
  const call = clientOf(secret).wallets.create({ name: 'Not allowed' });
  const error = await refusal(WallgentError, call);
  assert.equal(error.constructor, WallgentError);
  assert.deepEqual([error.code, error.statusCode], ['PERMISSION_DENIED', 403]);
});
