/**
 * The TypeScript SDK of Wallgent: financial infrastructure for AI agents.
 *
 * @packageDocumentation
 */
export { Wallgent, Wallgent as default } from './client.js';
export * from './errors/index.js';
export type { ClientOptions, Fetch, Logger, RequestOptions, WallgentOptions } from './options.js';
export {
  autoPaginate,
  collectAll,
  type OffsetPage,
  type Page,
  type PageLike,
  type PageParams,
} from './pagination.js';
export { WallgentRealtime } from './realtime/wallgent-realtime.js';
export type {
  AnswerPromise,
  AnswerWithResponse,
  OffsetPagePromise,
  PagePromise,
} from './requests/answer-promise.js';
export type { Agents } from './resources/agents.js';
export type { Analytics } from './resources/analytics.js';
export type { ApiKeys } from './resources/api-keys.js';
export type { Approvals } from './resources/approvals.js';
export type { AuditLogs } from './resources/audit-logs.js';
export type { BankAccounts } from './resources/bank-accounts.js';
export type { Cards } from './resources/cards.js';
export type { Customers } from './resources/customers.js';
export type { Delegations } from './resources/delegations.js';
export type { Events } from './resources/events.js';
export type { Invoices } from './resources/invoices.js';
export type { Merchants } from './resources/merchants.js';
export type { Network } from './resources/network.js';
export type { Organizations } from './resources/organizations.js';
export type { PaymentLinks } from './resources/payment-links.js';
export type { Payments } from './resources/payments.js';
export type { Policies } from './resources/policies.js';
export type { Sandbox } from './resources/sandbox.js';
export type { Transfers } from './resources/transfers.js';
export type { Wallets } from './resources/wallets.js';
export type { Webhooks } from './resources/webhooks.js';
export { verifyWebhookSignature } from './signatures/wallgent-signature.js';
export type * from './types/agents.js';
export type * from './types/analytics.js';
export type * from './types/api-keys.js';
export type * from './types/approvals.js';
export type * from './types/audit-logs.js';
export type * from './types/bank-accounts.js';
export type * from './types/card-authorizations.js';
export type * from './types/cards.js';
export type * from './types/charges.js';
export type * from './types/customers.js';
export type * from './types/delegations.js';
export type * from './types/events.js';
export type * from './types/invoices.js';
export type * from './types/merchants.js';
export type * from './types/network.js';
export type * from './types/organizations.js';
export type * from './types/payment-links.js';
export type * from './types/payments.js';
export type * from './types/policies.js';
export type * from './types/realtime.js';
export type * from './types/sandbox.js';
export type * from './types/test-methods.js';
export type * from './types/transfers.js';
export type * from './types/values.js';
export type * from './types/wallets.js';
export type * from './types/webhooks.js';
