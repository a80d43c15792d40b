import type { PageParams } from '../pagination.js';
import type { Payer } from './test-methods.js';
import type { AmountInput, Environment, Metadata, TimeInput } from './values.js';

/** Where a link stands. `CLAIMED` was paid as often as it may be. */
export type PaymentLinkStatus = 'ACTIVE' | 'CLAIMED' | 'CANCELLED' | 'EXPIRED';

/** Who may pay a link: whoever is on either list; everybody when both are empty. */
export interface RecipientRestrictions {
  /** Addresses of e-mail. A payer declares one, and nothing proves it. */
  emails: string[];
  /** The wallets that may pay. */
  walletIds: string[];
}

/** An address that money is collected at. Amounts are decimal strings, times ISO 8601 UTC. */
export interface PaymentLink {
  /** `pyl_…` */
  id: string;
  /** The secret part of its address: who has it may pay. */
  slug: string;
  /** Its page. */
  url: string;
  /** The wallet that is paid. */
  walletId: string;
  /** What each payer pays. */
  amount: string;
  currency: string;
  description: string | null;
  status: PaymentLinkStatus;
  /** How often it can be paid. */
  maxUses: number;
  /** How often it was paid so far. */
  uses: number;
  recipientRestrictions: RecipientRestrictions | null;
  expiresAt: string | null;
  metadata: Metadata | null;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `paymentLinks.create`. */
export interface CreatePaymentLinkParams {
  /** The wallet that is to be paid. */
  walletId: string;
  /** What each payer pays, greater than zero. */
  amount: AmountInput;
  currency?: 'USD' | 'USDC' | undefined;
  /** Up to 1,024 characters. Payers read it. */
  description?: string | null | undefined;
  /** Everybody when left out. */
  recipientRestrictions?: Partial<RecipientRestrictions> | null | undefined;
  /** How often it can be paid, at most 1,000,000 times: once when left out. */
  maxUses?: number | undefined;
  /** In the future; never when left out. */
  expiresAt?: TimeInput | null | undefined;
  /** Payers do not see it. */
  metadata?: Metadata | null | undefined;
  idempotencyKey?: string | undefined;
}

/** Filters of `paymentLinks.list`. */
export interface ListPaymentLinksParams extends PageParams {
  walletId?: string | undefined;
  status?: PaymentLinkStatus | undefined;
}

/** A link as whoever has its slug sees it: what a payer needs to know. Times are ISO 8601 UTC. */
export interface PayableLink {
  slug: string;
  /** Its page. */
  url: string;
  /** What is due, a decimal string. */
  amount: string;
  currency: string;
  description: string | null;
  /** `ACTIVE` while it can be paid. */
  status: PaymentLinkStatus;
  /** The organization that is paid. */
  payeeName: string;
  /** Whether only some payers may pay. */
  restricted: boolean;
  expiresAt: string | null;
  environment: Environment;
}

/** Parameters of `paymentLinks.pay`. */
export type PayLinkParams = Payer & {
  /** The payer's address of e-mail, for a link that names those. */
  payerEmail?: string | undefined;
  idempotencyKey?: string | undefined;
};

/** `data` of the events about a payment link. */
export interface PaymentLinkEventData extends PaymentLink {
  /** The same as `id`. */
  paymentLinkId: string;
}
