// Every example in the documentation comments, in the README and in that of the whole project is compiled, run against the
// real server, and must print what the comment beside its `console.log` says (`…` stands for anything).
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as sdk from '@wallgent/sdk';
import { listen } from './support/receiver.ts';
import { refusal } from './support/refusal.ts';
import { assertPrinted, type Print, printer, problemsOf, withPrint } from './support/samples.ts';
import { useServer } from './support/server.ts';
import { BANK_ACCOUNT, fundedAgent, fundedWallet } from './support/world.ts';

interface Example {
  /** Where it stands. */
  place: string;
  code: string;
}

interface ExampleModule {
  run: (world: object, print: Print) => Promise<void>;
}

/** What an example may take for granted. */
const WORLD = [
  'wg',
  'wallet',
  'vendor',
  'payment',
  'policy',
  'key',
  'agent',
  'approval',
  'webhook',
  'bankAccount',
  'transfer',
  'card',
  'authorization',
  'paymentLink',
  'customer',
  'invoice',
  'merchant',
  'apiKey',
  'baseUrl',
] as const;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'tests/.examples');
let merchant: sdk.Merchant;
let receiver: Awaited<ReturnType<typeof listen>>;
const server = useServer({
  testClock: true,
  prepare: async ({ wg, sandboxWalletId }) => {
    await wg.wallets.fund(sandboxWalletId, { amount: '10000.00' });
    // There is one profile of a merchant, so all examples have the same.
    const closedLoop = true;
    merchant = await wg.merchants.create({
      name: 'Acme Store',
      domain: 'acme.example.com',
      closedLoop,
    });
    receiver = await listen((_request, response) => response.end('OK'));
  },
});
const examples = [
  ...examplesOfSources(),
  ...examplesOf('README.md', readFileSync(join(root, 'README.md'), 'utf8')),
  ...examplesOf('../../README.md', readFileSync(join(root, '../../README.md'), 'utf8')),
];
const modules = examples.map((example, index) => ({
  ...example,
  path: join(folder, `example-${index}.ts`),
}));

before(() => {
  mkdirSync(folder, { recursive: true });
  for (const { path, code } of modules) writeFileSync(path, moduleOf(code));
});

after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await receiver[Symbol.asyncDispose]();
});

test('every example compiles', () => {
  assert.deepEqual(problemsOf(modules), []);
});

for (const { place, code, path } of modules) {
  test(`the example at ${place} runs`, async () => {
    const { wg } = server;
    // A profile is made once, so this one example has an organization of its own.
    const makesProfile = code.includes('merchants.create(');
    const founded = makesProfile && (await server.foundOrganization('SELF_HOSTED'));
    const wallet = await fundedWallet(wg, '1000.00');
    const vendor = await wg.wallets.create({ name: 'Vendor' });
    const bankAccount = await wg.bankAccounts.create(BANK_ACCOUNT);
    const card = await wg.cards.create({
      walletId: (await fundedWallet(wg, '100.00')).id,
      spendingLimits: [{ amount: '500.00', interval: 'monthly' }],
    });
    const customer = await wg.customers.create({ email: `${wallet.id}@acme.example` });
    await wg.sandbox.savePaymentMethod(customer.id, { type: 'card' });
    const world = {
      wg: founded ? founded.wg : wg,
      wallet,
      vendor,
      // Paid from elsewhere, so that the wallet's balance is a round one.
      payment: await wg.payments.send({
        from: (await fundedWallet(wg, '100.00')).id,
        to: vendor.id,
        amount: '50.00',
      }),
      policy: await wg.policies.create(wallet.id, { name: 'Guard', dailySpendingLimit: '500.00' }),
      key: await wg.apiKeys.create({ permissions: ['wallets:read', 'payments:read'] }),
      agent: (await fundedAgent(server, '125.00')).agent,
      approval: await waitingApproval(vendor.id),
      webhook: await wg.webhooks.create({ url: receiver.url, events: ['policy.denied'] }),
      bankAccount,
      transfer: await wg.transfers.deposit({
        walletId: vendor.id,
        amount: '100.00',
        bankAccountId: bankAccount.id,
      }),
      card,
      authorization: await wg.sandbox.authorizeCard(card.id, {
        amount: '25.00',
        merchant: { name: 'ACME Cloud', category: 'software' },
      }),
      paymentLink: await wg.paymentLinks.create({ walletId: vendor.id, amount: '250.00' }),
      customer,
      invoice: await wg.invoices.create({
        walletId: vendor.id,
        customerId: customer.id,
        lineItems: [{ description: 'Services', unitPrice: '70.00' }],
      }),
      merchant,
      apiKey: server.sandboxKey,
      baseUrl: server.url,
    };
    const { printed, print } = printer();
    process.env.WALLGENT_API_KEY = server.sandboxKey;
    process.env.WALLGENT_BASE_URL = server.url;
    const { run } = (await import(pathToFileURL(path).href)) as ExampleModule;
    await run(world, print);
    await wg.webhooks.delete(world.webhook.id).catch(expectGone);
    await wg.bankAccounts.delete(bankAccount.id).catch(expectRemoved);

    assertPrinted(code, printed);
  });
}

/** There is a limit to webhooks, and some examples end theirs. */
function expectGone(error: unknown): void {
  if (!(error instanceof sdk.WebhookNotFoundError)) throw error;
}

/** The same for bank accounts. */
function expectRemoved(error: unknown): void {
  if (!(error instanceof sdk.WallgentError) || error.details?.status !== 'REMOVED') throw error;
}

/** A payment of 50.00 that waits for somebody. */
async function waitingApproval(to: string): Promise<sdk.Approval> {
  const { wg } = server;
  const { id: from } = await fundedWallet(wg, '100.00');
  await wg.policies.create(from, { name: 'Ask me', requireHumanApproval: true });
  const asked = wg.payments.send({ from, to, amount: '50.00' });
  const { approvalId } = await refusal(sdk.ApprovalRequiredError, asked);
  return wg.approvals.get(approvalId ?? '');
}

/** A module that runs an example: what it imports stays an import, everything else of the SDK it finds in scope. */
function moduleOf(code: string): string {
  const lines = withPrint(code);
  const imports = lines.filter((line) => line.startsWith('import '));
  const imported = new Set(imports.join(' ').match(/\w+/g));
  const names = Object.keys(sdk).filter((name) => name !== 'default' && !imported.has(name));
  const declared = (name: string) =>
    lines.some((line) => new RegExp(`^const ${name}\\b`).test(line));
  const world = WORLD.filter((name) => !declared(name));
  return [
    `import { ${names.join(', ')} } from '@wallgent/sdk';`,
    `import type { ApiKey, Approval, BankAccount, Card, CardAuthorization, CreatedAgent, Customer, Invoice, Merchant, Payment, PaymentLink, Policy, Transfer, Wallet, Wallgent as Client, WebhookWithSecret } from '@wallgent/sdk';`,
    ...imports,
    'interface World { wg: Client; wallet: Wallet; vendor: Wallet; payment: Payment; policy: Policy; key: ApiKey; agent: CreatedAgent; approval: Approval; webhook: WebhookWithSecret; bankAccount: BankAccount; transfer: Transfer; card: Card; authorization: CardAuthorization; paymentLink: PaymentLink; customer: Customer; invoice: Invoice; merchant: Merchant; apiKey: string; baseUrl: string }',
    `export async function run({ ${world.join(', ')} }: World, print: (line: number, ...words: unknown[]) => void) {`,
    ...lines.filter((line) => !line.startsWith('import ')),
    '}',
  ].join('\n');
}

function examplesOfSources(): Example[] {
  const source = join(root, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.sort().flatMap((name) => {
    const text = readFileSync(join(source, name), 'utf8').replace(/^ *\* ?/gm, '');
    return examplesOf(join('src', name), text);
  });
}

function examplesOf(file: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    return { place: `${relative('.', file)}:${line}`, code: match[1] ?? '' };
  });
}
