import type { PageParams } from '../pagination.js';
import type { Metadata } from './values.js';

/** Somebody who is sent invoices. Times are ISO 8601 UTC. */
export interface Customer {
  /** `cus_…` */
  id: string;
  /** No other customer of the organization has it. */
  email: string;
  name: string | null;
  phone: string | null;
  companyName: string | null;
  metadata: Metadata | null;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `customers.create`. */
export interface CreateCustomerParams {
  email: string;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  companyName?: string | null | undefined;
  metadata?: Metadata | null | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `customers.update`: what is left out stays, `null` clears. */
export interface UpdateCustomerParams {
  email?: string | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
  companyName?: string | null | undefined;
  /** Replaces the whole object. */
  metadata?: Metadata | null | undefined;
}

/** Parameters of `customers.list`. */
export type ListCustomersParams = PageParams;

/** What a customer pays with. */
export type PaymentMethodType = 'card' | 'bank_account';

/** A way to charge a customer, saved once. */
export interface PaymentMethod {
  /** `pm_…` */
  id: string;
  customerId: string;
  type: PaymentMethodType;
  /** Of a card its network, for instance `VISA`; of a bank account what the bank is called. */
  brand: string;
  last4: string;
  /** The last month in which a card is good, 1–12. */
  expMonth: number | null;
  /** The year of that month, in full. */
  expYear: number | null;
  createdAt: string;
}

/** Parameters of `customers.setupPaymentMethod`. */
export interface SetupPaymentMethodParams {
  /** Where the page links to when it is done: an address of http or https. */
  returnUrl?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** Answer of `customers.setupPaymentMethod`. */
export interface PaymentMethodSetup {
  /** `pms_…` */
  id: string;
  /** A page for the customer, good for one payment method and for 24 hours. */
  url: string;
}

/** Answer of `customers.createPaymentUpdateUrl`. */
export interface PaymentUpdateUrl {
  /** A page for the customer, good for one payment method and for 24 hours. */
  url: string;
}

/** `data` of the events about a customer. */
export interface CustomerEventData extends Customer {
  /** The same as `id`. */
  customerId: string;
}

/** `data` of `customer.payment_method_added` and `customer.payment_method_removed`. */
export interface PaymentMethodEventData extends PaymentMethod {
  /** The same as `id`. */
  paymentMethodId: string;
}
