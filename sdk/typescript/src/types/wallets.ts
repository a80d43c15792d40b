import type { PageParams } from '../pagination.js';
import type { AmountInput, Environment, Metadata } from './values.js';

/** `ORG` is the organization's own, `AGENT` an agent's, `STANDARD` what `wallets.create` makes. */
export type WalletType = 'ORG' | 'AGENT' | 'STANDARD';

/** A frozen wallet pays nothing and still receives; a closed one does neither, for good. */
export type WalletStatus = 'ACTIVE' | 'FROZEN' | 'CLOSED';

/** A wallet: money of an organization under one set of policies. Amounts are decimal strings, times ISO 8601 UTC. */
export interface Wallet {
  /** `wal_…` */
  id: string;
  organizationId: string;
  /** Its account in the ledger, `acc_…`. */
  accountId: string;
  environment: Environment;
  name: string;
  agentName: string | null;
  walletType: WalletType;
  status: WalletStatus;
  /** Everything posted. */
  balance: string;
  /** What can be spent: the balance less holds. */
  available: string;
  currency: string;
  /** Its address on the agent network, `wg_…`. */
  wallgentAddress: string;
  /** Whether the network directory shows it. */
  discoverable: boolean;
  metadata: Metadata | null;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `wallets.create`. */
export interface CreateWalletParams {
  /** 1–256 characters. */
  name: string;
  /** Up to 256 characters. */
  agentName?: string | null | undefined;
  metadata?: Metadata | null | undefined;
  currency?: 'USD' | undefined;
  /** Whether the network directory shows it; not by default. */
  discoverable?: boolean | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `wallets.update`: what is left out stays as it is. */
export interface UpdateWalletParams {
  name?: string | undefined;
  agentName?: string | null | undefined;
  /** Replaces the whole object. */
  metadata?: Metadata | null | undefined;
  discoverable?: boolean | undefined;
}

/** Filters of `wallets.list`. */
export interface ListWalletsParams extends PageParams {
  status?: WalletStatus | undefined;
  type?: WalletType | undefined;
}

/** Answer of `wallets.getBalance`; amounts are decimal strings. */
export interface WalletBalance {
  walletId: string;
  /** What can be spent: the balance less what is held. */
  available: string;
  /** On its way in. */
  pending: string;
  /** Reserved for approvals and card authorizations. */
  held: string;
  /** Everything posted. */
  balance: string;
  currency: string;
}

/** Parameters of `wallets.fund`. */
export interface FundWalletParams {
  /** At most 10,000.00 a call. */
  amount: AmountInput;
  idempotencyKey?: string | undefined;
}

/** Answer of `wallets.fund`; amounts are decimal strings. */
export interface WalletFunding {
  transactionId: string;
  walletId: string;
  amount: string;
  newBalance: string;
  currency: string;
}

/** Parameters of `wallets.freeze`, `wallets.unfreeze` and `wallets.close`. */
export interface WalletStatusParams {
  /** Kept in the audit log. */
  reason?: string | undefined;
}

/** One line of a wallet's account: an entry of the ledger. Amounts are decimal strings. */
export interface WalletTransaction {
  /** `ent_…` */
  id: string;
  walletId: string;
  /** The transaction it belongs to, `txn_…`; for a payment, the payment's ID. */
  transactionId: string;
  /** Without a sign: see `direction`. */
  amount: string;
  /** `CREDIT` is money in, `DEBIT` money out. */
  direction: 'DEBIT' | 'CREDIT';
  /** What moved it: `PAYMENT`, `REVERSAL`, `FUNDING`, …. */
  entryType: string;
  /** The wallet's balance after it. */
  balanceAfter: string;
  description: string | null;
  /** What it corrects or belongs to, for instance the payment that a reversal reverses. */
  relatedTransactionId: string | null;
  createdAt: string;
}

/** How a hold ended, or `PENDING`. */
export type HoldStatus = 'PENDING' | 'RELEASED' | 'REVERSED' | 'CAPTURED';

/** Money of a wallet that is reserved, not moved. */
export interface Hold {
  /** `hld_…` */
  id: string;
  walletId: string;
  /** Decimal string. */
  amount: string;
  /** Why, for instance `APPROVAL`. */
  reason: string;
  /** What it is held for, for instance the payment that waits. */
  reference: string;
  status: HoldStatus;
  createdAt: string;
  expiresAt: string | null;
}

/** Filters of `wallets.listHolds`. */
export interface ListHoldsParams {
  status?: HoldStatus | undefined;
}
