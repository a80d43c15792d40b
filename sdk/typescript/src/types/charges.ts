import type { PageParams } from '../pagination.js';
import type { AmountInput } from './values.js';

/** How a charge ended. After `FAILED` its invoice is still due. */
export type ChargeStatus = 'SUCCEEDED' | 'FAILED';

/** How often a charge repeats, counted from the moment of the first. */
export type ChargeInterval = 'weekly' | 'monthly' | 'yearly';

/** A charge of what a customer has saved to pay with. Amounts are decimal strings. */
export interface Charge {
  /** `chg_…` */
  id: string;
  /** The same as `id`. */
  chargeId: string;
  /** The invoice that it was for. */
  invoiceId: string;
  status: ChargeStatus;
  amount: string;
  /** Why it failed; only then. */
  failureReason?: string;
  /** Only of the first of those that repeat. */
  recurring?: RecurringCharge;
}

/** A charge that repeats until it is cancelled. Amounts are decimal strings, times ISO 8601 UTC. */
export interface RecurringCharge {
  /** That of its first charge, `chg_…`. */
  id: string;
  status: 'ACTIVE' | 'CANCELLED';
  interval: ChargeInterval;
  /** The wallet that is paid. */
  walletId: string;
  customerId: string;
  /** How much each time. */
  amount: string;
  currency: string;
  description: string | null;
  /** How often it was due so far, the first time included. */
  occurrences: number;
  /** When it is due next; `null` when it was cancelled. */
  nextChargeAt: string | null;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `invoices.charge`: an amount, for which an invoice is made, or an invoice that is due. */
export type ChargeParams = { idempotencyKey?: string | undefined } & (
  | {
      /** The wallet that is paid. */
      walletId: string;
      customerId: string;
      /** Greater than zero. */
      amount: AmountInput;
      /** Up to 1,024 characters. */
      description?: string | null | undefined;
      /** That it repeats, and how often. */
      recurring?: { interval: ChargeInterval } | undefined;
      /** `pm_…`; what the customer saved last when left out. */
      paymentMethodId?: string | undefined;
      invoiceId?: undefined;
    }
  | {
      /** A final invoice that is not paid. */
      invoiceId: string;
      /** `pm_…`; what the customer saved last when left out. */
      paymentMethodId?: string | undefined;
      walletId?: undefined;
      customerId?: undefined;
      amount?: undefined;
      description?: undefined;
      recurring?: undefined;
    }
);

/** Parameters of `invoices.listRecurringCharges`. */
export type ListRecurringChargesParams = PageParams;

/** `data` of `charge.succeeded` and `charge.failed`. */
export interface ChargeEventData extends Omit<Charge, 'recurring'> {
  /** The wallet that is paid. */
  walletId: string;
  customerId: string;
  /** What was charged, `pm_…`; `null` when nothing was saved any more. */
  paymentMethodId: string | null;
  /** What it brought, `txn_…`; `null` when it failed. */
  transactionId: string | null;
  currency: string;
  /** That of the charge that it repeats; `null` when it repeats none. */
  recurringChargeId: string | null;
}

/** `data` of `charge.cancelled`: it repeats no longer. */
export interface ChargeCancelledEventData extends RecurringCharge {
  /** The same as `id`. */
  chargeId: string;
}
