import type { PageParams } from '../pagination.js';
import type { PolicyViolation } from './policies.js';

/** Who asks a card for money. */
export interface CardMerchant {
  /** As it stands on the statement. */
  name: string;
  /** What it sells, in small letters. */
  category: string;
  /** Two letters. */
  country: string | null;
  /** Its host name. */
  domain: string | null;
  /** What the network calls it. */
  id: string | null;
}

/**
 * Where an authorization stands. `APPROVED` is held; what is then not captured is `REVERSED` by the merchant or `EXPIRED`
 * after seven days.
 */
export type CardAuthorizationStatus =
  | 'APPROVED'
  | 'DECLINED'
  | 'PARTIALLY_CAPTURED'
  | 'CAPTURED'
  | 'REVERSED'
  | 'EXPIRED'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED';

/** Why a purchase was declined: the first that applies. */
export type CardDeclineReason =
  | 'CARD_CANCELLED'
  | 'CARD_INACTIVE'
  | 'CARD_EXPIRED'
  | 'WALLET_CLOSED'
  | 'WALLET_FROZEN'
  | 'CATEGORY_NOT_ALLOWED'
  | 'SPENDING_LIMIT'
  | 'POLICY_DENIED'
  | 'APPROVAL_REQUIRED'
  | 'INSUFFICIENT_FUNDS'
  | 'TOO_MANY_AUTHORIZATIONS';

/**
 * A merchant's question whether a card may spend, and what became of it. Unless it was declined, `amount` is always the sum
 * of what is held, captured and released. Amounts are decimal strings, times ISO 8601 UTC.
 */
export interface CardAuthorization {
  /** `cau_…` */
  id: string;
  cardId: string;
  walletId: string;
  status: CardAuthorizationStatus;
  /** What was asked for. */
  amount: string;
  heldAmount: string;
  capturedAmount: string;
  /** What became free again without being captured. */
  releasedAmount: string;
  /** What was given back of the captured. */
  refundedAmount: string;
  currency: string;
  merchant: CardMerchant;
  declineReason: CardDeclineReason | null;
  /** The same as `declineReason`. */
  reason: CardDeclineReason | null;
  /** The same for people. */
  declineMessage: string | null;
  createdAt: string;
  /** Until when it can be captured. */
  expiresAt: string | null;
  updatedAt: string;
}

/** Parameters of `cards.listAuthorizations`. */
export type ListAuthorizationsParams = PageParams;

/** `data` of the events about an authorization. */
export interface CardAuthorizationEventData extends CardAuthorization {
  /** The same as `id`. */
  authorizationId: string;
}

/** `data` of `card.captured`. */
export interface CardCapturedEventData extends CardAuthorizationEventData {
  /** What this capture took; `capturedAmount` is all so far. */
  capturedNow: string;
  /** The transaction that took it, `txn_…`. */
  transactionId: string;
}

/** `data` of `card.reversed`. */
export interface CardReversedEventData extends CardAuthorizationEventData {
  /** What became free this time. */
  releasedNow: string;
  /** `REVERSED` by the merchant, `EXPIRED`, or `ENDED` with its wallet or card. */
  releaseReason: string;
}

/** `data` of `card.refunded`. */
export interface CardRefundedEventData extends CardAuthorizationEventData {
  /** What this refund gave back; `refundedAmount` is all so far. */
  refundedNow: string;
  /** The wallet that got it. */
  refundedTo: string;
  /** The transaction that gave it back, `txn_…`. */
  transactionId: string;
}

/** `data` of `card.declined`. */
export interface CardDeclinedEventData extends CardAuthorizationEventData {
  status: 'DECLINED';
  declineReason: CardDeclineReason;
  reason: CardDeclineReason;
  declineMessage: string;
  /** The first policy that forbids it, when the reason is `POLICY_DENIED`. */
  policyId?: string;
  /** Then: every rule that failed. */
  violations?: PolicyViolation[];
  /** Then: the merchant's name. */
  to?: string;
}

/** `data` of `policy.denied` when a card was to pay: the purchase that was declined. */
export interface CardPolicyDeniedEventData extends Omit<CardAuthorizationEventData, 'reason'> {
  policyId: string;
  /** Why, for people. */
  reason: string;
  /** Every rule that failed. */
  violations: PolicyViolation[];
  /** The merchant's name. */
  to: string;
}
