import type { TestMethodParams } from './test-methods.js';
import type { AmountInput, TimeInput } from './values.js';

/** Parameters of `sandbox.fund`. */
export interface SandboxFundParams {
  walletId: string;
  /** At most 10,000.00 a call and 100,000.00 a wallet. */
  amount: AmountInput;
  idempotencyKey?: string | undefined;
}

/** Answer of `sandbox.fund`; amounts are decimal strings. */
export interface SandboxFunding {
  walletId: string;
  amount: string;
  newBalance: string;
}

/** Parameters of `sandbox.advanceClock`: by how much, or until when. Never backwards. */
export type AdvanceClockParams =
  | {
      /** An ISO 8601 duration, for instance `PT24H`. */
      advance: string;
      to?: undefined;
    }
  | { to: TimeInput; advance?: undefined };

/** Answer of `sandbox.advanceClock`. */
export interface SandboxClock {
  /** The server's time, ISO 8601 UTC. */
  now: string;
}

/** Parameters of `sandbox.settleTransfer`, `sandbox.failTransfer` and `sandbox.returnTransfer`. */
export interface DriveTransferParams {
  /** Why, up to 1,024 characters: the transfer's `failureReason` where it has one. */
  reason?: string | undefined;
}

/** Parameters of `sandbox.authorizeCard`: a purchase. */
export interface AuthorizeCardParams {
  /** Greater than zero. */
  amount: AmountInput;
  merchant: CardMerchantParams;
  idempotencyKey?: string | undefined;
}

/** Who asks a card for money. */
export interface CardMerchantParams {
  /** As it stands on the statement. */
  name: string;
  /** What it sells, for instance `software`. */
  category: string;
  /** Two letters. */
  country?: string | undefined;
  /** Its host name. */
  domain?: string | undefined;
  /** What the network calls it. */
  id?: string | undefined;
}

/** Parameters of `sandbox.captureAuthorization`, `sandbox.reverseAuthorization` and `sandbox.refundAuthorization`. */
export interface AuthorizationStepParams {
  /** All that is left when left out. */
  amount?: AmountInput | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `sandbox.savePaymentMethod`. */
export interface SavePaymentMethodParams extends TestMethodParams {
  idempotencyKey?: string | undefined;
}

/** Parameters of `sandbox.depositUsdc`. */
export interface DepositUsdcParams {
  /** Where `invoices.payWithUsdc` said. */
  address: string;
  /** What arrives there: the invoice's total. */
  amount: AmountInput;
  idempotencyKey?: string | undefined;
}
