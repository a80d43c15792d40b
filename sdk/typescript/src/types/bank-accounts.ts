import type { AmountInput } from './values.js';

/** What kind of account it is at its bank. */
export type BankAccountType = 'CHECKING' | 'SAVINGS';

/** Only a verified account serves for transfers. */
export type BankAccountStatus = 'PENDING' | 'VERIFIED' | 'REMOVED';

/** A bank account of the organization. Times are ISO 8601 UTC. */
export interface BankAccount {
  /** `ba_…` */
  id: string;
  nickname: string | null;
  bankName: string | null;
  accountHolderName: string;
  routingNumber: string;
  /** All of its number that ever leaves the server. */
  accountNumberLast4: string;
  accountType: BankAccountType;
  status: BankAccountStatus;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `bankAccounts.create`. */
export interface CreateBankAccountParams {
  /** Nine digits with the checksum of the ABA. */
  routingNumber: string;
  /** 4 to 17 digits. */
  accountNumber: string;
  /** 1–256 characters. */
  accountHolderName: string;
  accountType: BankAccountType;
  /** What you call it. */
  nickname?: string | null | undefined;
  bankName?: string | null | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `bankAccounts.verify`. */
export interface VerifyBankAccountParams {
  /** What the two deposits brought, in either order. */
  amounts: readonly [AmountInput, AmountInput];
}

/** Answer of `bankAccounts.delete`. */
export interface RemovedBankAccount {
  id: string;
  deleted: boolean;
  /** The same as `deleted`. */
  removed: boolean;
}
