import type { PaymentStatus } from './payments.js';
import type { AmountInput } from './values.js';

/** Parameters of `network.payAgent`. */
export interface PayAgentParams {
  /** `wg_…`, of any organization in the same environment. */
  toAddress: string;
  /** Greater than zero. There is no fee. */
  amount: AmountInput;
  /** Up to 1,024 characters. */
  description?: string | undefined;
  /**
   * The wallet that pays. Otherwise the only wallet that the key is bound to, and for other keys the organization's own
   * wallet.
   */
  fromWalletId?: string | undefined;
  idempotencyKey?: string | undefined;
}

/** Answer of `network.payAgent`; amounts are decimal strings. */
export interface NetworkPayment {
  /** `txn_…`; `payments.get` reads it. */
  transactionId: string;
  /** The same as `transactionId`. */
  id: string;
  /** The wallet that paid. */
  from: string;
  /** The wallet that was paid. */
  to: string;
  toAddress: string;
  amount: string;
  /** Always `0.00`. */
  fees: string;
  currency: string;
  status: PaymentStatus;
  /** The same as `status`. */
  state: PaymentStatus;
  description: string | null;
}

/** What the directory shows of a wallet, and all that it shows. */
export interface DirectoryEntry {
  walletId: string;
  name: string;
  agentName: string | null;
  /** Where to pay it, `wg_…`. */
  wallgentAddress: string;
}
