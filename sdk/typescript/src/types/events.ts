import type { PageParams } from '../pagination.js';
import type { AgentBudget, DeletedAgent, RotatedAgentKey } from './agents.js';
import type { ApiKey } from './api-keys.js';
import type { Approval } from './approvals.js';
import type { BankAccount } from './bank-accounts.js';
import type {
  CardAuthorizationEventData,
  CardCapturedEventData,
  CardDeclinedEventData,
  CardPolicyDeniedEventData,
  CardRefundedEventData,
  CardReversedEventData,
} from './card-authorizations.js';
import type {
  CardCancelledEventData,
  CardDetailsViewedEventData,
  CardEventData,
  CardholderEventData,
} from './cards.js';
import type { ChargeCancelledEventData, ChargeEventData } from './charges.js';
import type { CustomerEventData, PaymentMethodEventData } from './customers.js';
import type { Delegation } from './delegations.js';
import type { InvoiceEventData, InvoicePaymentFailedEventData } from './invoices.js';
import type { Merchant } from './merchants.js';
import type { Organization } from './organizations.js';
import type { PaymentLinkEventData } from './payment-links.js';
import type { BatchResult, Payment } from './payments.js';
import type { Policy, PolicyViolation } from './policies.js';
import type { Transfer } from './transfers.js';
import type { Environment } from './values.js';
import type { Wallet, WalletFunding } from './wallets.js';
import type { Webhook } from './webhooks.js';

/** `data` of the events about a payment that exists. */
export interface PaymentEventData extends Payment {
  /** The same as `id`. */
  transactionId: string;
}

/** `data` of `payment.reversed`. */
export interface PaymentReversedEventData extends PaymentEventData {
  /** What this reversal gave back; `reversedAmount` is all that was given back so far. */
  reversalAmount: string;
  /** The transaction that gave it back, `txn_…`. */
  reversalId: string;
}

/** `data` of `payment.failed`. There is no payment, only what was asked for. */
export interface PaymentRefusedEventData {
  /** The wallet that was to pay. */
  walletId: string;
  /** The same as `walletId`. */
  from: string;
  to: string;
  amount: string;
  description: string | null;
  idempotencyKey: string | null;
  /** Why, as the error said it: for instance `INSUFFICIENT_FUNDS` or `WALLET_FROZEN`. */
  code: string;
  /** The same for people. */
  reason: string;
  /** The policy that the reason names, if it names one. */
  policyId: string | null;
  /** Every rule of a policy that failed. */
  violations: PolicyViolation[] | null;
}

/** `data` of `payment.denied` and `policy.denied`. */
export interface PolicyDeniedEventData extends PaymentRefusedEventData {
  code: 'POLICY_DENIED';
  policyId: string;
  violations: PolicyViolation[];
}

/** `data` of `payment.batch_failed`. */
export interface BatchFailedEventData extends BatchResult {
  error: { code: string; message: string; details?: Record<string, unknown> };
}

/** `data` of `wallet.frozen`, `wallet.unfrozen` and `wallet.closed`. */
export interface WalletStatusEventData extends Wallet {
  /** What whoever did it gave as the reason, if anything. */
  reason?: string;
}

/** `data` of the events about an approval. */
export interface ApprovalEventData extends Approval {
  /** The same as `id`. */
  approvalId: string;
}

/** `data` of `agent.budget_adjusted`. */
export interface AgentBudgetEventData extends AgentBudget {
  /** What moved: to the agent when positive, back from it when negative. A decimal string. */
  adjustment: string;
  /** The transaction that moved it, `txn_…`. */
  transactionId: string;
}

/** What each type of event tells: the object concerned as the API would have answered it then, or what was refused. */
export interface EventData {
  'wallet.created': Wallet;
  'wallet.updated': Wallet;
  'wallet.funded': WalletFunding;
  'wallet.frozen': WalletStatusEventData;
  'wallet.unfrozen': WalletStatusEventData;
  'wallet.closed': WalletStatusEventData;
  /** A payment from one of the organization's wallets was posted. */
  'payment.completed': PaymentEventData;
  /** A payment to one of its wallets was posted. */
  'payment.received': PaymentEventData;
  'payment.failed': PaymentRefusedEventData;
  'payment.denied': PolicyDeniedEventData;
  'payment.pending_approval': PaymentEventData;
  'payment.reversed': PaymentReversedEventData;
  'payment.batch_completed': BatchResult;
  'payment.batch_failed': BatchFailedEventData;
  'policy.created': Policy;
  'policy.updated': Policy;
  'policy.deleted': Policy;
  'policy.denied': PolicyDeniedEventData | CardPolicyDeniedEventData;
  'approval.created': ApprovalEventData;
  'approval.approved': ApprovalEventData;
  'approval.rejected': ApprovalEventData;
  'approval.expired': ApprovalEventData;
  'agent.created': AgentBudget;
  'agent.updated': AgentBudget;
  'agent.paused': AgentBudget;
  'agent.resumed': AgentBudget;
  'agent.budget_adjusted': AgentBudgetEventData;
  'agent.key_rotated': Omit<RotatedAgentKey, 'apiKey'>;
  'agent.deleted': DeletedAgent;
  'api_key.created': ApiKey;
  'api_key.updated': ApiKey;
  'api_key.revoked': ApiKey;
  'delegation.created': Delegation;
  'delegation.revoked': Delegation;
  'delegation.expired': Delegation;
  'transfer.created': Transfer;
  /** It was handed to its rail. */
  'transfer.processing': Transfer;
  'transfer.completed': Transfer;
  'transfer.failed': Transfer;
  /** It was called back, rejected, or not approved in time. */
  'transfer.cancelled': Transfer;
  /** The other side took it back. */
  'transfer.returned': Transfer;
  'bank_account.linked': BankAccount;
  'bank_account.verified': BankAccount;
  'bank_account.removed': BankAccount;
  'cardholder.created': CardholderEventData;
  'card.created': CardEventData;
  /** Its limits changed. */
  'card.updated': CardEventData;
  'card.frozen': CardEventData;
  'card.unfrozen': CardEventData;
  'card.cancelled': CardCancelledEventData;
  'card.details_viewed': CardDetailsViewedEventData;
  /** A purchase was approved, and its amount is held. */
  'card.authorized': CardAuthorizationEventData;
  'card.declined': CardDeclinedEventData;
  'card.captured': CardCapturedEventData;
  /** What was held became free again: reversed, expired, or ended. */
  'card.reversed': CardReversedEventData;
  'card.refunded': CardRefundedEventData;
  'payment_link.created': PaymentLinkEventData;
  /** It was paid as often as it may be. */
  'payment_link.claimed': PaymentLinkEventData;
  'payment_link.cancelled': PaymentLinkEventData;
  'payment_link.expired': PaymentLinkEventData;
  'customer.created': CustomerEventData;
  'customer.updated': CustomerEventData;
  'customer.deleted': CustomerEventData;
  'customer.payment_method_added': PaymentMethodEventData;
  'customer.payment_method_removed': PaymentMethodEventData;
  'invoice.created': InvoiceEventData;
  /** Its draft changed. */
  'invoice.updated': InvoiceEventData;
  'invoice.finalized': InvoiceEventData;
  'invoice.paid': InvoiceEventData;
  'invoice.voided': InvoiceEventData;
  'invoice.uncollectible': InvoiceEventData;
  /** In part or whole. */
  'invoice.refunded': InvoiceEventData;
  /** It could not be paid, and nothing tries it again; it is still due. */
  'invoice.payment_failed': InvoicePaymentFailedEventData;
  'charge.succeeded': ChargeEventData;
  'charge.failed': ChargeEventData;
  /** It repeats no longer. */
  'charge.cancelled': ChargeCancelledEventData;
  'merchant.created': Merchant;
  /** Its profile changed, or its domain was verified. */
  'merchant.updated': Merchant;
  'merchant.suspended': Merchant;
  'merchant.resumed': Merchant;
  'organization.updated': Organization;
  'webhook.created': Webhook;
  'webhook.updated': Webhook;
  'webhook.deleted': Webhook;
  'webhook.secret_rotated': Webhook;
  /** It failed for too long, or its receiver answered 410. */
  'webhook.disabled': Webhook;
}

/** What can happen. A newer server may tell of more. */
export type EventType = keyof EventData;

/** All events about one kind of thing, for instance `payment.*`. */
export type EventFamily = EventType extends infer Type extends string
  ? Type extends `${infer Family}.${string}`
    ? `${Family}.*`
    : never
  : never;

/** Which events somebody wants to hear of: a type, a family, or `*` for all. */
export type EventPattern = EventType | EventFamily | '*';

/** What every event says beside its `data`. */
interface Envelope<Type extends string> {
  /** `evt_…`, the same on every delivery: handle each only once. */
  id: string;
  /** Its place among the events of its organization and environment: 1, 2, 3, …, without gaps. */
  sequence: number;
  /** What happened. */
  type: Type;
  /** The same as `type`. */
  event: Type;
  /** When it was committed: ISO 8601 UTC. */
  timestamp: string;
  organizationId: string;
  environment: Environment;
  /** The request that caused it; `null` when none of this organization's did. */
  requestId: string | null;
}

/** An event of one type. */
export interface EventOf<Type extends EventType> extends Envelope<Type> {
  data: EventData[Type];
}

/**
 * Something that happened, in `events.list` as in a webhook's deliveries. `type` decides what `data` is, for the compiler
 * too: `if (event.type === 'wallet.funded') event.data.newBalance`.
 */
export type WallgentEvent = { [Type in EventType]: EventOf<Type> }[EventType];

/** Filters of `events.list`. */
export interface ListEventsParams extends PageParams {
  /** Only events behind this sequence. */
  after?: number | undefined;
  /** A type or a family. */
  type?: EventPattern | undefined;
}
