import type { AmountInput } from './values.js';

/** How a charge ended. */
export type ChargeStatus = 'SUCCEEDED' | 'FAILED';

/** How often a recurring charge is made, from the day it began. */
export type ChargeInterval = 'weekly' | 'monthly' | 'yearly';

/** That a charge repeats. */
export interface Recurring {
  interval: ChargeInterval;
}

/** What a customer was charged by what it had saved to pay with. Amounts are decimal strings. */
export interface Charge {
  /** `chg_…` */
  id: string;
  /** The same as `id`. */
  chargeId: string;
  /** The invoice that it paid, or was to pay. */
  invoiceId: string;
  status: ChargeStatus;
  amount: string;
  /** Only of one that repeats. */
  recurring?: Recurring;
}

/** Parameters of `invoices.charge`: an amount for what was not invoiced yet, or an invoice. */
export type ChargeParams = { idempotencyKey?: string | undefined } & (
  | {
      /** The wallet that is paid. */
      walletId: string;
      customerId: string;
      /** Greater than zero. */
      amount: AmountInput;
      /** Up to 1,024 characters. */
      description?: string | undefined;
      /** Repeats the charge until it is cancelled. */
      recurring?: Recurring | undefined;
      invoiceId?: undefined;
      paymentMethodId?: undefined;
    }
  | {
      /** A final invoice that is not paid. */
      invoiceId: string;
      /** `pm_…`, of the invoice's customer. */
      paymentMethodId: string;
      walletId?: undefined;
      customerId?: undefined;
      amount?: undefined;
    }
);
