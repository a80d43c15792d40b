import type { PageParams } from '../pagination.js';
import type { AnalyticsPeriod } from './analytics.js';
import type { PaymentStatus } from './payments.js';

/** A suspended merchant receives nothing; the operator of the server suspends and resumes. */
export type MerchantStatus = 'ACTIVE' | 'SUSPENDED';

/** An organization as one that accepts payments. There is one profile in each environment. Times are ISO 8601 UTC. */
export interface Merchant {
  /** `mer_…` */
  id: string;
  name: string;
  /** Its host name, in lower case and ASCII. */
  domain: string;
  /** Whether others may pay it by its domain. */
  domainVerified: boolean;
  /** How to verify it; `null` once it is. */
  domainVerification: DomainVerification | null;
  /** Where payments to it arrive. */
  settlementWalletId: string;
  /** Whether it can be paid by its ID or its domain. */
  closedLoop: boolean;
  status: MerchantStatus;
  createdAt: string;
  updatedAt: string;
}

/** The DNS record that proves whose a domain is. */
export interface DomainVerification {
  /** `TXT` */
  recordType: string;
  /** Where it stands, for instance `_wallgent.shop.example.com`. */
  recordName: string;
  /** What it says. */
  recordValue: string;
}

/** Parameters of `merchants.create`. */
export interface CreateMerchantParams {
  /** 1–256 characters. */
  name: string;
  /** A host name below a public suffix that no other merchant has. */
  domain: string;
  /** The organization's own wallet when left out. */
  settlementWalletId?: string | undefined;
  /** Whether it can be paid by its ID or its domain; it can when left out. */
  closedLoop?: boolean | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `merchants.update`: what is left out stays as it is. */
export interface UpdateMerchantParams {
  name?: string | undefined;
  /** In production another one has to be verified anew. */
  domain?: string | undefined;
  /** The wallet that is paid from now on. */
  settlementWalletId?: string | undefined;
  closedLoop?: boolean | undefined;
}

/** Parameters of `merchants.list`. */
export type ListMerchantsParams = PageParams;

/** What is in the settlement wallet; amounts are decimal strings. */
export interface SettlementBalance {
  /** What can be spent or withdrawn. */
  amount: string;
  currency: string;
  /** `FROZEN` and `CLOSED` are what the wallet is. */
  status: 'AVAILABLE' | 'FROZEN' | 'CLOSED';
}

/** What arrived in some time, what was given back later included. */
export interface SettlementTotals {
  count: number;
  /** The sum of their amounts, a decimal string. */
  total: string;
}

/** A payment as the merchant sees it: the payer by the name of the wallet alone. */
export interface MerchantPayment {
  /** `txn_…` */
  id: string;
  /** Decimal string. */
  amount: string;
  currency: string;
  description: string | null;
  /** The wallet that paid; `null` when none did. */
  from: string | null;
  /** What that wallet is called. */
  fromName: string | null;
  status: PaymentStatus;
  createdAt: string;
}

/** Answer of `merchants.getSettlementOverview`. Days and months are of UTC. */
export interface SettlementOverview {
  merchantId: string;
  merchantName: string;
  settlementWalletId: string;
  balance: SettlementBalance;
  today: SettlementTotals;
  /** This month so far. */
  month: SettlementTotals;
  /** The newest ten. */
  recentPayments: MerchantPayment[];
}

/** Filters of `merchants.listPayments`. */
export interface ListMerchantPaymentsParams {
  /** Items on a page, 1–100; 20 by default. */
  limit?: number | undefined;
  /** How many to pass over. */
  offset?: number | undefined;
  /** The first day, `2026-01-01`. */
  startDate?: string | undefined;
  /** The last day, itself included. */
  endDate?: string | undefined;
}

/** Parameters of `merchants.getAnalytics`. */
export interface MerchantAnalyticsParams {
  /** The first day, `2026-01-01`. */
  from?: string | undefined;
  /** The last day, itself included. */
  to?: string | undefined;
  /** `day` by default. */
  groupBy?: AnalyticsPeriod | undefined;
}

/** What arrived in a period, what was given back later included. */
export interface MerchantVolume {
  /** Its first day, `2026-01-31`. */
  date: string;
  count: number;
  /** The sum of the amounts, a decimal string. */
  volume: string;
}

/** Answer of `merchants.getAnalytics`. */
export interface MerchantAnalytics {
  /** Every period of the range, oldest first, also those without a payment. */
  volumeTrend: MerchantVolume[];
}
