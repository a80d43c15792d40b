import type { PageParams } from '../pagination.js';
import type { AmountInput, Environment, TimeInput } from './values.js';

/** Where a payment stands. */
export type PaymentStatus =
  'PENDING_APPROVAL' | 'POSTED' | 'PARTIALLY_REVERSED' | 'REVERSED' | 'REJECTED' | 'EXPIRED';

/**
 * A payment from one wallet to another. Amounts are decimal strings, times ISO 8601 UTC. An organization that only
 * receives sees the sender's private fields as `null`.
 */
export interface Payment {
  /** `txn_…` */
  id: string;
  from: string;
  to: string;
  /** The same as `from`. */
  fromWalletId: string;
  /** The same as `to`. */
  toWalletId: string;
  amount: string;
  /** Paid by the sender on top of the amount. */
  fee: string | null;
  currency: string;
  status: PaymentStatus;
  /** The same as `status`. */
  state: PaymentStatus;
  description: string | null;
  idempotencyKey: string | null;
  /** How it travelled: `LEDGER`, `NETWORK` by an address, `PAYMENT_LINK`, `INVOICE`, or `CLOSED_LOOP` to a merchant. */
  rail: string;
  merchantId: string | null;
  batchId: string | null;
  approvalId: string | null;
  /** How much of it has been reversed so far. */
  reversedAmount: string;
  environment: Environment;
  createdAt: string;
  /** When it was posted; `null` before. */
  settledAt: string | null;
  /** The sender's balance after it. */
  balanceAfter: string | null;
  /** What the sender can spend after it. */
  availableAfter: string | null;
  /** What it paid, `pyl_…`; only of a payment link. */
  paymentLinkId?: string;
  /** What it paid, `inv_…`; only of an invoice. */
  invoiceId?: string;
}

/** The paying wallet, in either of two names. */
export type PaymentSource =
  { from: string; fromWalletId?: undefined } | { fromWalletId: string; from?: undefined };

/** Who is paid: a wallet, in either of two names, or a merchant. */
export type PaymentDestination =
  | { to: string; toWalletId?: undefined }
  | { toWalletId: string; to?: undefined }
  | MerchantDestination;

/** A merchant, by ID (`mer_…`) or by what is known of it; the payment goes to its settlement wallet. */
export type MerchantDestination = { to?: undefined; toWalletId?: undefined } & (
  | { merchantId: string; merchantHint?: undefined }
  | { merchantHint: MerchantHint; merchantId?: undefined }
);

/** What is known of a merchant. */
export interface MerchantHint {
  /** The merchant's host name, or one below it. */
  domain: string;
}

/** How a merchant should be paid. */
export type PaymentPreference = 'cheapest' | 'fastest' | 'card_only' | 'closed_loop_preferred';

/** Parameters of `payments.send`, and each item of a batch. */
export type SendPaymentParams = PaymentSource &
  PaymentDestination & {
    /** Greater than zero. The fee comes on top. */
    amount: AmountInput;
    /** Up to 1,024 characters. */
    description?: string | undefined;
    /** Optional but recommended: a duplicate gets the first answer and moves nothing. */
    idempotencyKey?: string | undefined;
    preference?: PaymentPreference | undefined;
  };

/** Filters of `payments.list`. */
export interface ListPaymentsParams extends PageParams {
  /** Sent or received by this wallet. */
  walletId?: string | undefined;
  status?: PaymentStatus | undefined;
  /** Finds what a program did before it crashed. */
  idempotencyKey?: string | undefined;
  createdAfter?: TimeInput | undefined;
  createdBefore?: TimeInput | undefined;
}

/** Parameters of `payments.reverse`. */
export interface ReversePaymentParams {
  reason?: string | undefined;
  /** A part of the payment; the whole (with its fee) when left out. */
  amount?: AmountInput | undefined;
  idempotencyKey?: string | undefined;
}

/** Answer of `payments.reverse`. */
export interface ReversedPayment extends Payment {
  /** The transaction that reverses it, `txn_…`. */
  reversalId: string;
}

/** `atomic`: all or none. `independent`: each on its own. */
export type BatchMode = 'atomic' | 'independent';

/** Parameters of `payments.batch`. */
export interface BatchPaymentsParams {
  /** 1–20 payments. */
  payments: SendPaymentParams[];
  /** `atomic` by default. */
  mode?: BatchMode | undefined;
  /** Of the batch as a whole; its payments may have their own. */
  idempotencyKey?: string | undefined;
}

/** `reversed` would have passed, had the rest of its atomic batch. */
export type BatchItemStatus = 'success' | 'failed' | 'reversed' | 'pending_approval';

/** What became of one payment of a batch. */
export interface BatchItemResult {
  /** Its place in `payments`, from 0. */
  index: number;
  status: BatchItemStatus;
  transactionId: string | null;
  error: { code: string; message: string; details?: Record<string, unknown> } | null;
}

/** How many payments of a batch ended in which way. */
export interface BatchSummary {
  total: number;
  succeeded: number;
  reversed: number;
  failed: number;
}

/** Answer of `payments.batch` when every payment went through. */
export interface BatchResult {
  /** `bat_…` */
  batchId: string;
  results: BatchItemResult[];
  summary: BatchSummary;
}
