import type { PageParams } from '../pagination.js';
import type { AmountInput } from './values.js';

/** A `SINGLE_USE` card is cancelled after its first capture. */
export type CardType = 'PERSISTENT' | 'SINGLE_USE';

/** `INACTIVE` is frozen, `CANCELLED` for good. */
export type CardStatus = 'ACTIVE' | 'INACTIVE' | 'CANCELLED';

/** What a limit counts: each purchase by itself, a calendar period in UTC, or everything. */
export type SpendingInterval =
  'per_authorization' | 'daily' | 'weekly' | 'monthly' | 'yearly' | 'all_time';

/** What a card may spend in some time. */
export interface SpendingLimit {
  /** Decimal string; `0.00` allows nothing. */
  amount: string;
  interval: SpendingInterval;
  /** The categories of merchants that it covers; every purchase when left out. */
  categories?: string[];
}

/** A virtual card that spends the money of a wallet. Times are ISO 8601 UTC. */
export interface Card {
  /** `crd_…` */
  id: string;
  walletId: string;
  /** `chd_…` */
  cardholderId: string | null;
  /** The cardholder's name, the one that was given, or the wallet's. */
  cardholderName: string;
  type: CardType;
  status: CardStatus;
  /** The last digits of its number. */
  last4: string;
  brand: string;
  /** The last month in which it is good, 1–12. */
  expMonth: number;
  /** The year of that month, in full. */
  expYear: number;
  /** All that cover a purchase must allow it. */
  spendingLimits: SpendingLimit[];
  createdAt: string;
  updatedAt: string;
}

/** What is secret of a card. Never log it. */
export interface CardDetails {
  id: string;
  number: string;
  /** The same as `number`. */
  pan: string;
  cvc: string;
  /** The same as `cvc`. */
  cvv: string;
  expMonth: number;
  expYear: number;
}

/** Whom cards are issued to. */
export interface Cardholder {
  /** `chd_…` */
  id: string;
  name: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  phone: string | null;
  billingAddress: Record<string, unknown> | null;
  /** `1990-12-31` */
  dob: string | null;
  createdAt: string;
}

/** A limit to send: {@link SpendingLimit} with the amount in either form. */
export interface SpendingLimitParams {
  amount: AmountInput;
  interval: SpendingInterval;
  categories?: string[] | undefined;
}

/** The limits of a card in any of their names. `spendingLimit` is one of them, or an amount for all time. */
export type SpendingLimits =
  | {
      spendingLimits?: SpendingLimitParams[] | null | undefined;
      spendingControls?: undefined;
      spendingLimit?: undefined;
    }
  | {
      spendingControls: SpendingLimitParams[] | { spendingLimits: SpendingLimitParams[] } | null;
      spendingLimits?: undefined;
      spendingLimit?: undefined;
    }
  | {
      spendingLimit: SpendingLimitParams | AmountInput | null;
      spendingLimits?: undefined;
      spendingControls?: undefined;
    };

/** Parameters of `cards.create`. */
export type CreateCardParams = SpendingLimits & {
  /** The wallet that it spends from. */
  walletId: string;
  /** `PERSISTENT` by default. */
  type?: CardType | undefined;
  idempotencyKey?: string | undefined;
} & (
    | {
        /** Whom it is issued to, `chd_…`. */
        cardholderId?: string | undefined;
        cardholderName?: undefined;
      }
    | {
        /** The name on it, without a cardholder. */
        cardholderName: string;
        cardholderId?: undefined;
      }
  );

/** Parameters of `cards.update`: what is left out stays, `null` or an empty list removes the limits. */
export type UpdateCardParams = SpendingLimits & {
  /** `INACTIVE` freezes, `ACTIVE` unfreezes, `CANCELLED` ends it for good. */
  status?: CardStatus | undefined;
};

/** Parameters of `cards.createCardholder`. */
export type CreateCardholderParams = {
  email?: string | undefined;
  phone?: string | undefined;
  /** Up to 2 KiB. */
  billingAddress?: Record<string, unknown> | undefined;
  /** `1990-12-31` */
  dob?: string | undefined;
  idempotencyKey?: string | undefined;
} & (
  | { name: string; firstName?: string | undefined; lastName?: string | undefined }
  | { firstName: string; lastName: string; name?: undefined }
);

/** Filters of `cards.list`. */
export interface ListCardsParams extends PageParams {
  walletId?: string | undefined;
  status?: CardStatus | undefined;
}

/** `data` of the events about a card. */
export interface CardEventData extends Card {
  /** The same as `id`. */
  cardId: string;
}

/** `data` of `card.cancelled`. */
export interface CardCancelledEventData extends CardEventData {
  /** For instance `REQUESTED`, or `WALLET_ENDED` when its agent was deleted. */
  cancelReason?: string;
}

/** `data` of `card.details_viewed`, which never holds them. */
export interface CardDetailsViewedEventData {
  id: string;
  /** The same as `id`. */
  cardId: string;
  walletId: string;
  last4: string;
}

/** `data` of `cardholder.created`: nothing else of the person. */
export interface CardholderEventData {
  id: string;
  /** The same as `id`. */
  cardholderId: string;
  name: string;
}
