import type { PageParams } from '../pagination.js';
import type { Payer } from './test-methods.js';
import type { AmountInput, Environment, Metadata, TimeInput } from './values.js';

/** Where an invoice stands: it is written, can be paid, and ends in one of the other ways. */
export type InvoiceStatus =
  'DRAFT' | 'FINALIZED' | 'PAID' | 'VOIDED' | 'UNCOLLECTIBLE' | 'REFUNDED';

/** A line of an invoice; amounts are decimal strings. */
export interface InvoiceLineItem {
  description: string;
  quantity: number;
  /** What one of it costs. */
  unitPrice: string;
  /** Quantity times price, computed by the server. */
  total: string;
}

/** What a customer owes, and what for. Amounts are decimal strings, times ISO 8601 UTC. */
export interface Invoice {
  /** `inv_…` */
  id: string;
  status: InvoiceStatus;
  /** The wallet that is paid. */
  walletId: string;
  /** `cus_…` */
  customerId: string;
  currency: string;
  subtotal: string;
  /** What is due. */
  total: string;
  lineItems: InvoiceLineItem[];
  memo: string | null;
  /** Until when it is to be paid. */
  dueDate: string | null;
  /** What its page is called; `null` before it is final. */
  slug: string | null;
  /** The page where it is paid; `null` before it is final. */
  checkoutUrl: string | null;
  paidAt: string | null;
  /** What paid it, `txn_…`. */
  transactionId: string | null;
  /** How much of it was given back. */
  refundedAmount: string;
  metadata: Metadata | null;
  createdAt: string;
  updatedAt: string;
}

/** A line of an invoice to send. */
export interface InvoiceLineItemParams {
  description: string;
  /** A whole number, 1 by default. */
  quantity?: number | undefined;
  /** What one of it costs. */
  unitPrice: AmountInput;
}

/** Parameters of `invoices.create`. */
export interface CreateInvoiceParams {
  /** The wallet that is to be paid. */
  walletId: string;
  customerId: string;
  /** 1–100 lines. */
  lineItems: InvoiceLineItemParams[];
  /** Up to 1,024 characters. */
  memo?: string | null | undefined;
  /** A moment, or a day (`2026-01-31`) until its end in UTC. */
  dueDate?: TimeInput | null | undefined;
  /** The payer does not see it. */
  metadata?: Metadata | null | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `invoices.update`: what is left out stays, `null` clears. */
export interface UpdateInvoiceParams {
  walletId?: string | undefined;
  customerId?: string | undefined;
  /** Replaces all lines. */
  lineItems?: InvoiceLineItemParams[] | undefined;
  memo?: string | null | undefined;
  dueDate?: TimeInput | null | undefined;
  /** Replaces the whole object. */
  metadata?: Metadata | null | undefined;
}

/** Filters of `invoices.list`. */
export interface ListInvoicesParams extends PageParams {
  walletId?: string | undefined;
  customerId?: string | undefined;
  status?: InvoiceStatus | undefined;
}

/** Answer of `invoices.finalize`: from here on it has a page. */
export interface FinalizedInvoice extends Invoice {
  slug: string;
  checkoutUrl: string;
}

/** Answer of `invoices.checkout`. */
export interface InvoiceCheckout extends Invoice {
  /** The page where the invoice is paid. */
  url: string;
}

/**
 * An invoice as whoever has its slug sees it: what a payer needs to know. Amounts are decimal strings, times ISO 8601 UTC.
 */
export interface PayableInvoice {
  /** `inv_…` */
  id: string;
  slug: string;
  /** Its page. */
  url: string;
  /** `FINALIZED` while it can be paid. */
  status: Exclude<InvoiceStatus, 'DRAFT'>;
  /** Whether it is due and its time is over. It can still be paid. */
  overdue: boolean;
  /** The organization that is paid. */
  payeeName: string;
  /** The wallet that is paid, as policies name it. */
  walletId: string;
  currency: string;
  subtotal: string;
  /** What is due. */
  total: string;
  lineItems: InvoiceLineItem[];
  memo: string | null;
  dueDate: string | null;
  paidAt: string | null;
  /** What paid it, `txn_…`. */
  transactionId: string | null;
  environment: Environment;
}

/** Parameters of `invoices.pay`. */
export type PayInvoiceParams = Payer & { idempotencyKey?: string | undefined };

/** Answer of `invoices.payWithUsdc`: where to send the stablecoin, of which one counts as one USD. */
export interface UsdcInvoiceAddress {
  invoiceId: string;
  /** It takes money for this invoice alone. */
  address: string;
  /** `SIMULATED` in the sandbox. */
  chain: string;
  /** How much to send, no more and no less: a decimal string. */
  amount: string;
  currency: 'USDC';
}

/** `data` of the events about an invoice. */
export interface InvoiceEventData extends Invoice {
  /** The same as `id`. */
  invoiceId: string;
}

/** `data` of `invoice.payment_failed`. */
export interface InvoicePaymentFailedEventData extends InvoiceEventData {
  /** Why, for people. */
  failureReason: string;
}
