import type { PaymentMethodType } from './customers.js';

/**
 * A way to pay that exists in the sandbox only, as a request names it. The last digits choose one: `4242` (by default) is a
 * card that pays, `0002` one that is declined; `6789` (by default) an account that pays, `1116` one that is declined.
 */
export interface TestMethodParams {
  type: PaymentMethodType;
  last4?: '4242' | '0002' | '6789' | '1116' | undefined;
}

/** The same as it is shown. */
export interface TestMethod {
  type: PaymentMethodType;
  brand: string;
  last4: string;
}

/** What a test method paid: from no wallet, and without a fee. Amounts are decimal strings, times ISO 8601 UTC. */
export interface TestPayment {
  /** `txn_…` */
  id: string;
  /** The same as `id`. */
  transactionId: string;
  from: null;
  /** The wallet that was paid. */
  to: string;
  amount: string;
  currency: string;
  status: 'POSTED';
  /** The same as `status`. */
  state: 'POSTED';
  description: string | null;
  rail: 'PAYMENT_LINK' | 'INVOICE';
  /** What it paid, `pyl_…`; only of a payment link. */
  paymentLinkId?: string;
  /** What it paid, `inv_…`; only of an invoice. */
  invoiceId?: string;
  paymentMethod: TestMethod;
  environment: 'SANDBOX';
  createdAt: string;
  settledAt: string;
}

/** Who pays, where a slug says what: a wallet that the key may pay from, or in the sandbox a test method. */
export type Payer =
  | { fromWalletId: string; testMethod?: undefined }
  | { testMethod: TestMethodParams; fromWalletId?: undefined };
