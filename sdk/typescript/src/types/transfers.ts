import type { PageParams } from '../pagination.js';
import type { AmountInput } from './values.js';

/** What carries money between banks. */
export type BankRail = 'ACH' | 'WIRE' | 'FEDNOW';

/** What carries the money; `INTERNAL` is the ledger itself. */
export type TransferRail = BankRail | 'USDC' | 'INTERNAL';

/** Which way the money goes: into a wallet, out of one, or from one to another. */
export type TransferDirection = 'DEPOSIT' | 'WITHDRAWAL' | 'INTERNAL';

/**
 * Where a transfer stands. `PROCESSING` is with the rail; `RETURNED` was completed and taken back by the other side. Those
 * that a policy asks a person about may also be `PENDING_APPROVAL`, `REJECTED` or `EXPIRED`.
 */
export type TransferStatus =
  | 'PENDING'
  | 'PROCESSING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'RETURNED'
  | 'PENDING_APPROVAL'
  | 'REJECTED'
  | 'EXPIRED';

/** The other side of a transfer, as it is shown. What does not belong to its type is left out. */
export interface TransferParty {
  type: BankRail | 'USDC';
  /** The linked account, `ba_…`. */
  bankAccountId?: string;
  routingNumber?: string;
  /** Masked but for its last four digits. */
  accountNumber?: string;
  accountHolderName?: string;
  /** Of `USDC`. */
  address?: string;
  /** Of `USDC`. */
  chain?: string;
}

/**
 * Money that comes in or goes out over a rail, or moves between two wallets of the organization. Amounts are decimal
 * strings, times ISO 8601 UTC.
 */
export interface Transfer {
  /** `xfr_…` */
  id: string;
  rail: TransferRail;
  /** The same as `rail`. */
  railType: TransferRail;
  direction: TransferDirection;
  status: TransferStatus;
  /** The wallet concerned; of an internal transfer the one that pays. */
  walletId: string;
  organizationId: string;
  amount: string;
  currency: string;
  /** Taken from what a deposit brings, on top of a withdrawal, none between wallets. */
  fee: string;
  /** The same as `fee`. */
  customerFee: string;
  /** What the rail calls it. */
  externalId: string | null;
  /** The ledger's transaction of the request, `txn_…`; `null` while a person is asked. */
  ledgerTxnId: string | null;
  /** The ledger's transaction of its completion, `txn_…`. */
  settleTxnId: string | null;
  /** The linked account on the other side. */
  bankAccountId: string | null;
  /** Where a deposit comes from. */
  source: TransferParty | null;
  /** Where a withdrawal goes. */
  destination: TransferParty | null;
  description: string | null;
  /** Why it failed, was cancelled or returned. */
  failureReason: string | null;
  idempotencyKey: string | null;
  createdAt: string;
  completedAt: string | null;
  updatedAt: string;
  /** The ledger's transaction; only of an internal transfer. */
  transactionId?: string;
  /** The same as `walletId`; only of an internal transfer. */
  fromWalletId?: string;
  /** The wallet that is paid; only of an internal transfer. */
  toWalletId?: string;
  /** Only when a policy asked a person. */
  approvalId?: string;
}

/** A bank account by its numbers. Only in the sandbox. */
export interface BankAccountNumbers {
  type: BankRail;
  /** Nine digits with the checksum of the ABA. */
  routingNumber: string;
  /** 4 to 17 digits. */
  accountNumber: string;
  accountHolderName?: string | undefined;
  bankAccountId?: undefined;
}

/** A linked bank account, and the rail to reach it by. */
export interface LinkedBankAccount {
  type: BankRail;
  /** `ba_…`, verified. */
  bankAccountId: string;
}

/** An address of the stablecoin; one USDC counts as one USD. */
export interface UsdcAddress {
  type: 'USDC';
  address: string;
  chain?: string | undefined;
}

/** The other side of a transfer. */
export type TransferPartyParams = BankAccountNumbers | LinkedBankAccount | UsdcAddress;

/** What a deposit and a withdrawal are asked for with. */
interface RailTransferParams {
  walletId: string;
  amount: AmountInput;
  /** `USD` by default; `USDC` only on the rail of that name. */
  currency?: 'USD' | 'USDC' | undefined;
  /** Up to 1,024 characters. */
  description?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `transfers.deposit`: at least 25.00, from a linked account (over ACH) or another source. */
export type DepositParams = RailTransferParams &
  (
    | { bankAccountId: string; source?: undefined }
    | { source: TransferPartyParams; bankAccountId?: undefined }
  );

/** Parameters of `transfers.withdraw`: to a linked account (over ACH) or another destination. The fee comes on top. */
export type WithdrawParams = RailTransferParams &
  (
    | { bankAccountId: string; destination?: undefined }
    | { destination: TransferPartyParams; bankAccountId?: undefined }
  );

/** Parameters of `transfers.internal`. */
export interface InternalTransferParams {
  fromWalletId: string;
  /** Another wallet of the same organization. */
  toWalletId: string;
  /** Greater than zero. There is no fee. */
  amount: AmountInput;
  /** Up to 1,024 characters. */
  description?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** Answer of `transfers.internal`. */
export interface InternalTransfer {
  /** `xfr_…` */
  id: string;
  status: 'COMPLETED';
  /** `txn_…` */
  transactionId: string;
  /** The same as `fromWalletId`. */
  walletId: string;
  fromWalletId: string;
  toWalletId: string;
  /** Decimal string. */
  amount: string;
  currency: string;
  description: string | null;
}

/** Filters of `transfers.list`. */
export interface ListTransfersParams extends PageParams {
  walletId?: string | undefined;
  direction?: TransferDirection | undefined;
  status?: TransferStatus | undefined;
  /** Finds what a program did before it crashed. */
  idempotencyKey?: string | undefined;
}
