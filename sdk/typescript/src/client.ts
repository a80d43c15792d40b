import type { ClientOptions, WallgentOptions } from './options.js';
import { configure } from './requests/configuration.js';
import { Transport } from './requests/transport.js';
import { Agents } from './resources/agents.js';
import { Analytics } from './resources/analytics.js';
import { ApiKeys } from './resources/api-keys.js';
import { Approvals } from './resources/approvals.js';
import { AuditLogs } from './resources/audit-logs.js';
import { BankAccounts } from './resources/bank-accounts.js';
import { Cards } from './resources/cards.js';
import { Customers } from './resources/customers.js';
import { Delegations } from './resources/delegations.js';
import { Events } from './resources/events.js';
import { Invoices } from './resources/invoices.js';
import { Merchants } from './resources/merchants.js';
import { Network } from './resources/network.js';
import { Organizations } from './resources/organizations.js';
import { PaymentLinks } from './resources/payment-links.js';
import { Payments } from './resources/payments.js';
import { Policies } from './resources/policies.js';
import { Sandbox } from './resources/sandbox.js';
import { Transfers } from './resources/transfers.js';
import { Wallets } from './resources/wallets.js';
import { Webhooks } from './resources/webhooks.js';
import type { Environment } from './types/values.js';

/**
 * A client of one Wallgent server with one API key. Make it once and share it: it has no state but its settings.
 *
 * Calls that fail in passing (no answer, 429, 503, a duplicate still in flight) are sent again by themselves, always with
 * the same idempotency key, so a retry never pays twice.
 *
 * @example
 * ```ts
 * const client = new Wallgent('wg_test_your_key_here', { baseUrl: 'http://localhost:3000' });
 * const sameClient = new Wallgent({ apiKey: 'wg_test_your_key_here', timeout: 10_000, maxRetries: 3 });
 * console.log(client.environment, client.baseUrl); // SANDBOX http://localhost:3000
 * console.log(sameClient.environment); // SANDBOX
 * ```
 */
export class Wallgent {
  /** From the key's prefix: `SANDBOX` for `wg_test_`, `PRODUCTION` for `wg_live_`. */
  readonly environment: Environment;
  /** Where the server is, without `/v1`. */
  readonly baseUrl: string;

  readonly wallets: Wallets;
  readonly payments: Payments;
  readonly transfers: Transfers;
  readonly bankAccounts: BankAccounts;
  readonly cards: Cards;
  readonly paymentLinks: PaymentLinks;
  readonly customers: Customers;
  readonly invoices: Invoices;
  readonly merchants: Merchants;
  readonly agents: Agents;
  readonly network: Network;
  readonly policies: Policies;
  readonly apiKeys: ApiKeys;
  readonly approvals: Approvals;
  readonly delegations: Delegations;
  readonly auditLogs: AuditLogs;
  readonly analytics: Analytics;
  readonly webhooks: Webhooks;
  readonly events: Events;
  readonly organizations: Organizations;
  readonly sandbox: Sandbox;

  /**
   * @param apiKey `wg_live_…` or `wg_test_…`; the environment variable `WALLGENT_API_KEY` when left out
   * @throws TypeError for a key or an option that cannot be right; it never repeats the key
   */
  constructor(apiKey?: string, options?: ClientOptions);
  constructor(options: WallgentOptions);
  constructor(apiKeyOrOptions?: string | WallgentOptions, options?: ClientOptions) {
    const given =
      typeof apiKeyOrOptions === 'object'
        ? apiKeyOrOptions
        : { ...options, apiKey: apiKeyOrOptions };
    const configuration = configure(given);
    this.environment = configuration.environment;
    this.baseUrl = configuration.baseUrl;
    const transport = new Transport(configuration);
    this.wallets = new Wallets(transport);
    this.payments = new Payments(transport);
    this.transfers = new Transfers(transport);
    this.bankAccounts = new BankAccounts(transport);
    this.cards = new Cards(transport);
    this.paymentLinks = new PaymentLinks(transport);
    this.customers = new Customers(transport);
    this.invoices = new Invoices(transport);
    this.merchants = new Merchants(transport);
    this.agents = new Agents(transport);
    this.network = new Network(transport);
    this.policies = new Policies(transport);
    this.apiKeys = new ApiKeys(transport);
    this.approvals = new Approvals(transport);
    this.delegations = new Delegations(transport);
    this.auditLogs = new AuditLogs(transport);
    this.analytics = new Analytics(transport);
    this.webhooks = new Webhooks(transport);
    this.events = new Events(transport);
    this.organizations = new Organizations(transport);
    this.sandbox = new Sandbox(transport);
  }
}
