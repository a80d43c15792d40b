// The code samples of the two reference documents, in their own form and order, run against the real server. Only what a
// sample takes from elsewhere is put in: keys, IDs and the address of the server. Those about agents and whoever watches
// over them are in `seeds-agents.test.ts`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Wallgent, {
  ApprovalRequiredError,
  autoPaginate,
  collectAll,
  InsufficientFundsError,
  PolicyDeniedError,
  RateLimitExceededError,
  WalletFrozenError,
  WallgentConnectionError,
  WallgentError,
} from '@wallgent/sdk';
import { printed } from './support/printed.ts';
import { refusal } from './support/refusal.ts';
import { useServer } from './support/server.ts';
import { fundedWallet } from './support/world.ts';

let wg: Wallgent;
let walletId: string;
let vendorId: string;
let transactionId: string;
let policyId: string;

const server = useServer({
  async prepare(started) {
    wg = started.wg;
    walletId = (await fundedWallet(wg, '1000.00')).id;
    vendorId = (await wg.wallets.create({ name: 'Vendor' })).id;
  },
});

test('reference: Initialization', async () => {
  {
    const wg = new Wallgent('wg_live_your_key_here');
    assert.equal(wg.environment, 'PRODUCTION');
  }
  {
    const wg = new Wallgent('wg_test_your_key_here', {
      baseUrl: 'http://localhost:3000',
    });
    assert.equal(wg.environment, 'SANDBOX');
  }
});

test('reference: Create a Wallet', async () => {
  const wallet = await wg.wallets.create({
    name: 'Research Agent',
    agentName: 'research-bot',
    metadata: { department: 'engineering' },
  });
  assert.match(wallet.id, /^wal_01/);
});

test('reference: Get a Wallet', async () => {
  const wallet = await wg.wallets.get(walletId);
  assert.equal(wallet.id, walletId);
});

test('reference: Get Balance', async () => {
  const balance = await wg.wallets.getBalance(walletId);
  assert.equal(balance.available, '1000.00');
  assert.equal(balance.currency, 'USD');
});

test('reference: Fund a Wallet', async () => {
  await wg.wallets.fund(walletId, {
    amount: '1000.00',
  });
  assert.equal((await wg.wallets.getBalance(walletId)).available, '2000.00');
});

test('reference: List Wallets', async () => {
  const result = await wg.wallets.list();
  assert.ok(result.data.some(({ id }) => id === walletId));
  assert.equal(typeof result.hasMore, 'boolean');
  assert.ok('cursor' in result);
});

test('reference: Send a Payment', async () => {
  const send = () =>
    wg.payments.send({
      fromWalletId: walletId,
      toWalletId: vendorId,
      amount: '50.00',
      description: 'Monthly SaaS subscription',
      idempotencyKey: 'pay_unique_key_123',
    });
  const payment = await send();
  transactionId = payment.id;
  assert.match(payment.id, /^txn_01/);
  assert.equal(payment.state, 'POSTED');
  // “Duplicate requests with the same key return the cached response.”
  assert.deepEqual(await send(), payment);
});

test('reference: Get a Payment', async () => {
  const payment = await wg.payments.get(transactionId);
  assert.equal(payment.id, transactionId);
});

test('reference: List Payments', async () => {
  const payments = await wg.payments.list();
  assert.deepEqual(
    payments.data.map(({ id }) => id),
    [transactionId],
  );
});

test('reference: Create a Policy', async () => {
  const policy = await wg.policies.create(walletId, {
    name: 'Spending Guard',
    maxTransactionAmount: '100.00',
    dailySpendingLimit: '500.00',
    approvedRecipients: ['wal_vendor_a', 'wal_vendor_b'],
  });
  policyId = policy.id;
  assert.deepEqual(policy.approvedRecipients, ['wal_vendor_a', 'wal_vendor_b']);
});

test('reference: List Policies', async () => {
  const policies = await wg.policies.list(walletId);
  assert.deepEqual(
    policies.data.map(({ id }) => id),
    [policyId],
  );
});

test('reference: Update a Policy', async () => {
  await wg.policies.update(policyId, {
    dailySpendingLimit: '1000.00',
    enabled: true,
  });
  assert.equal((await wg.policies.get(policyId)).dailySpendingLimit, '1000.00');
});

test('reference: Delete a Policy', async () => {
  await wg.policies.delete(policyId);
  assert.deepEqual((await wg.policies.list(walletId)).data, []);
});

test('reference: Create, list and revoke an API Key', async () => {
  const wg = server.live;
  const key = await wg.apiKeys.create({
    name: 'CI Deploy Key',
    permissions: ['wallets:read', 'payments:write'],
    environment: 'PRODUCTION',
  });
  assert.match(key.secret, /^wg_live_/);
  assert.match(key.id, /^key_01/);

  const lines = await printed(async (console) => {
    const result = await wg.apiKeys.list({ limit: 25 });
    for (const key of result.data) {
      console.log(`${key.name} — ${key.status} — ${key.environment}`);
    }
  });
  assert.ok(lines.includes('CI Deploy Key — ACTIVE — PRODUCTION'));

  await wg.apiKeys.revoke(key.id);
  assert.equal((await wg.apiKeys.get(key.id)).status, 'REVOKED');
});

test('reference: autoPaginate()', async () => {
  const lines = await printed(async (console) => {
    for await (const wallet of autoPaginate((cursor) => wg.wallets.list({ cursor, limit: 100 }))) {
      console.log(wallet.id, wallet.name);
    }
  });
  assert.ok(lines.includes(`${vendorId} Vendor`));
});

test('reference: collectAll()', async () => {
  const allWallets = await collectAll((cursor) => wg.wallets.list({ cursor, limit: 100 }));
  const lines = await printed(async (console) => {
    console.log(`Total wallets: ${allWallets.length}`);
  });
  // The organization's own, and the three made above.
  assert.deepEqual(lines, ['Total wallets: 4']);
});

test('reference: Error Handling', async () => {
  const sample = (source: string, dest: string) =>
    printed(async (console) => {
      try {
        await wg.payments.send({
          fromWalletId: source,
          toWalletId: dest,
          amount: '10000.00',
          description: 'Large purchase',
        });
      } catch (error) {
        if (error instanceof ApprovalRequiredError) {
          console.log('Awaiting approval:', error.message);
          assert.equal(error.code, 'APPROVAL_REQUIRED');
          assert.equal(error.statusCode, 202);
        } else if (error instanceof PolicyDeniedError) {
          console.log('Policy blocked:', error.message);
          assert.equal(error.code, 'POLICY_DENIED');
        } else if (error instanceof InsufficientFundsError) {
          console.log('Not enough funds:', error.message);
          assert.equal(error.code, 'INSUFFICIENT_FUNDS');
        } else if (error instanceof WalletFrozenError) {
          console.log('Wallet is frozen:', error.message);
        } else if (error instanceof WallgentError) {
          console.log('API error:', error.code, error.message, error.statusCode);
        }
      }
    });
  const [unknown] = await sample('wal_source', 'wal_dest');
  assert.match(unknown ?? '', /^API error: WALLET_NOT_FOUND .* 404$/);

  const { id } = await fundedWallet(wg, '45.00');
  assert.match(String(await sample(id, vendorId)), /^Not enough funds: Wallet balance of 45\.00 /);

  const guard = await wg.policies.create(id, { name: 'Guard', maxTransactionAmount: '100.00' });
  assert.match(String(await sample(id, vendorId)), /^Policy blocked: /);
  await wg.policies.delete(guard.id);

  await wg.wallets.freeze(id);
  assert.match(String(await sample(id, vendorId)), /^Wallet is frozen: /);
  await wg.wallets.unfreeze(id);

  await wg.wallets.fund(id, { amount: '10000.00' });
  await wg.wallets.fund(id, { amount: '10000.00' });
  await wg.policies.create(id, { name: 'Ask me', requireHumanApproval: true });
  assert.match(String(await sample(id, vendorId)), /^Awaiting approval: /);
});

test('guide: Error Response Format', async () => {
  const { id } = await fundedWallet(wg, '45.00');
  const response = await fetch(`${server.url}/v1/payments`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${server.sandboxKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ from: id, to: vendorId, amount: '100.00' }),
  });
  const { error } = (await response.json()) as {
    error: { code: string; message: string; details: object };
  };
  assert.equal(error.code, 'INSUFFICIENT_FUNDS');
  assert.equal(error.message, 'Wallet balance of 45.00 is less than the requested amount 100.00');
  const expected = { walletId: id, balance: '45.00000000', requested: '100.00' };
  assert.deepEqual({ ...error.details, ...expected }, error.details);
});

test('guide: SDK Error Hierarchy', async () => {
  const err = await refusal(WallgentError, wg.wallets.get('wal_01J...'));
  const fields: [string, string, number, Record<string, unknown> | undefined] = [
    err.code,
    err.message,
    err.statusCode,
    err.details,
  ];
  assert.equal(fields[0], 'WALLET_NOT_FOUND');
  assert.equal(fields[2], 404);
});

/** The sample under “Catching Typed Errors”; its key comes from the environment. */
const catchTypedErrors = (from: string, to: string) =>
  printed(async (console) => {
    const wg = new Wallgent({ apiKey: process.env.WALLGENT_API_KEY });

    try {
      await wg.payments.send({
        from,
        to,
        amount: '50.00',
      });
    } catch (err) {
      if (err instanceof InsufficientFundsError) {
        console.error('Not enough balance:', err.details);
      } else if (err instanceof PolicyDeniedError) {
        console.error('Policy blocked payment:', err.message);
      } else if (err instanceof ApprovalRequiredError) {
        const approvalId = err.details?.approvalId as string;
        console.log('Awaiting approval:', approvalId);
      } else if (err instanceof WalletFrozenError) {
        console.error('Wallet is frozen');
      } else if (err instanceof RateLimitExceededError) {
        const retryAfter = (err.details?.retryAfter as number) ?? 60;
        console.log(`Rate limited. Retry in ${retryAfter}s`);
      } else if (err instanceof WallgentError) {
        console.error(`Wallgent error ${err.code} (${err.statusCode}):`, err.message);
      } else {
        throw err;
      }
    }
  });

function forgetEnvironment(): void {
  delete process.env.WALLGENT_API_KEY;
  delete process.env.WALLGENT_BASE_URL;
}

test('guide: Catching Typed Errors', async (t) => {
  t.after(forgetEnvironment);
  process.env.WALLGENT_API_KEY = server.sandboxKey;
  process.env.WALLGENT_BASE_URL = server.url;
  const { id } = await wg.wallets.create({ name: 'Empty' });
  assert.match(String(await catchTypedErrors(id, vendorId)), /^Not enough balance: /);
  assert.match(
    String(await catchTypedErrors('wal_01J...', vendorId)),
    /^Wallgent error WALLET_NOT_FOUND \(404\): /,
  );

  await wg.wallets.fund(id, { amount: '1000.00' });
  assert.deepEqual(await catchTypedErrors(id, vendorId), []);
  await wg.policies.create(id, { name: 'Ask me', requireHumanApproval: true });
  assert.match(String(await catchTypedErrors(id, vendorId)), /^Awaiting approval: del_01/);
  const deny = await wg.policies.create(id, { name: 'Nobody', approvedRecipients: [] });
  assert.match(String(await catchTypedErrors(id, vendorId)), /^Policy blocked payment: /);
  await wg.policies.delete(deny.id);
  await wg.wallets.freeze(id);
  assert.deepEqual(await catchTypedErrors(id, vendorId), ['Wallet is frozen']);

  // “Non-Wallgent error (network failure, etc.) — re-throw”
  process.env.WALLGENT_BASE_URL = 'http://127.0.0.1:1';
  await refusal(WallgentConnectionError, catchTypedErrors(id, vendorId));
});

test('guide: Catching Typed Errors, when there are too many', async (t) => {
  t.after(forgetEnvironment);
  const { sandboxKey } = await server.foundOrganization('FREE');
  process.env.WALLGENT_API_KEY = sandboxKey;
  process.env.WALLGENT_BASE_URL = server.url;
  // Ten writes a minute. What the retries wait for is too little for all of them.
  const samples = Array.from({ length: 15 }, () => catchTypedErrors('wal_01J...', vendorId));
  const lines = (await Promise.all(samples)).flat();
  assert.ok(
    lines.some((line) => /^Rate limited\. Retry in [1-9]\d*s$/.test(line)),
    String(lines),
  );
});

test('guide: Special Case: ApprovalRequired', async () => {
  const { id } = await fundedWallet(wg, '100.00');
  const approvals: string[] = [];
  const sample = async () => {
    try {
      const payment = await wg.payments.send({ from: id, to: vendorId, amount: '10.00' });
      assert.equal(payment.status, 'POSTED');
    } catch (err) {
      if (err instanceof ApprovalRequiredError) {
        const approvalId = err.details?.approvalId as string;
        approvals.push(approvalId);
      }
    }
  };
  await sample();
  assert.deepEqual(approvals, []);
  await wg.policies.create(id, { name: 'Ask me', requireHumanApproval: true });
  await sample();
  assert.match(String(approvals), /^del_01/);
});

test('guide: REST API Error Handling', async () => {
  const apiKey = server.sandboxKey;
  const sample = async (from: string, to: string) => {
    const response = await fetch(`${server.url}/v1/payments`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${apiKey}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ from, to, amount: '50.00' }),
    });

    if (!response.ok) {
      const body = (await response.json()) as { error: { code: string; message: string } };
      const { code, message } = body.error;

      switch (code) {
        case 'INSUFFICIENT_FUNDS':
          return code;
        case 'POLICY_DENIED':
          return code;
        default:
          throw new Error(`Wallgent API error ${code}: ${message}`);
      }
    }

    const payment = (await response.json()) as { status: string };
    return `${response.status} ${payment.status}`;
  };
  const { id } = await wg.wallets.create({ name: 'REST' });
  assert.equal(await sample(id, vendorId), 'INSUFFICIENT_FUNDS');
  await assert.rejects(
    sample('wal_01J...', 'wal_01J...'),
    /^Error: Wallgent API error WALLET_NOT_FOUND: /,
  );
  await wg.wallets.fund(id, { amount: '500.00' });
  assert.equal(await sample(id, vendorId), '200 POSTED');
  // “APPROVAL_REQUIRED returns HTTP 202, so response.ok is true.”
  await wg.policies.create(id, { name: 'Ask me', requireHumanApproval: true });
  assert.equal(await sample(id, vendorId), '202 PENDING_APPROVAL');
  await wg.policies.create(id, { name: 'Nobody', approvedRecipients: [] });
  assert.equal(await sample(id, vendorId), 'POLICY_DENIED');
});
