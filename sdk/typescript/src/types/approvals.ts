import type { PageParams } from '../pagination.js';
import type { Payment } from './payments.js';
import type { Transfer } from './transfers.js';

/** Where a request for approval stands. */
export type ApprovalStatus = 'PENDING' | 'APPROVED' | 'REJECTED' | 'EXPIRED';

/** What would be done with the money. */
export interface TransactionDetails {
  /** What moves it, for instance `PAYMENT`, `NETWORK_PAYMENT`, `INTERNAL_TRANSFER` or `WITHDRAWAL`. */
  type: string;
  /** Decimal string. */
  amount: string;
  currency: string;
  /** The wallet that would be paid, the bank account, or what is shown of another destination. */
  recipient: string;
  /** What it is called, where the organization may know. */
  recipientName: string | null;
  description: string | null;
}

/** A movement that waits, or waited, for a person. Times are ISO 8601 UTC. */
export interface Approval {
  /** `del_…` */
  id: string;
  status: ApprovalStatus;
  /** The wallet that would pay. */
  walletId: string;
  /** The policy that asks. */
  policyId: string;
  /** Decimal string, without the fee. */
  amount: string;
  currency: string;
  /** The key that asked, `key_…`. */
  requestedBy: string;
  /** The key that decided, `key_…`. */
  decidedBy: string | null;
  /** When somebody decided, or it ended by itself. */
  decidedAt: string | null;
  /** Why it was rejected. */
  reason: string | null;
  /** The payment, `txn_…`: it can be read while it waits, and stays the same when it is approved. */
  transactionId: string;
  /** The transfer, `xfr_…`, when it is one: it can be read in the same way. */
  transferId?: string;
  transactionDetails: TransactionDetails;
  createdAt: string;
  /** When it ends by itself, if nobody decides. */
  expiresAt: string;
}

/** Answer of `approvals.approve`. */
export interface ApprovedApproval extends Approval {
  /** The payment as it was posted, when it is one. */
  payment?: Payment;
  /** The transfer that was agreed to, when it is one. */
  transfer?: Transfer;
}

/** Filters of `approvals.list`. */
export interface ListApprovalsParams extends PageParams {
  status?: ApprovalStatus | undefined;
  walletId?: string | undefined;
}
