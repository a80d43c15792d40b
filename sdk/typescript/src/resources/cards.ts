import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { CardAuthorization, ListAuthorizationsParams } from '../types/card-authorizations.js';
import type {
  Card,
  CardDetails,
  Cardholder,
  CreateCardholderParams,
  CreateCardParams,
  ListCardsParams,
  UpdateCardParams,
} from '../types/cards.js';

/** Virtual cards. A card belongs to a wallet and spends its money, under the wallet's policies and limits of its own. */
export class Cards {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Issues a card. Needs `payments:write`.
   *
   * @throws WalletNotFoundError, ValidationError, InvalidAmountError, and WallgentError with code `NOT_FOUND` (no such
   * cardholder) or `CONFLICT` (the wallet is closed)
   * @example
   * ```ts
   * const issued = await wg.cards.create({
   *   walletId: wallet.id,
   *   type: 'PERSISTENT',
   *   spendingLimits: [{ amount: '500.00', interval: 'monthly' }],
   * });
   * console.log(issued.brand, issued.status, issued.last4); // VISA ACTIVE …
   * ```
   */
  create(params: CreateCardParams, options?: RequestOptions): AnswerPromise<Card> {
    return this.#transport.request({ method: 'POST', path: ['cards'], body: params }, options);
  }

  /**
   * Lists cards, newest first. Needs `payments:read`.
   *
   * @throws ValidationError, WalletNotFoundError
   * @example
   * ```ts
   * for await (const item of wg.cards.list({ walletId: wallet.id, status: 'ACTIVE' })) {
   *   console.log(item.last4, item.spendingLimits.length);
   * }
   * ```
   */
  list(params?: ListCardsParams, options?: RequestOptions): PagePromise<Card> {
    return this.#transport.list({ method: 'GET', path: ['cards'], query: params }, options);
  }

  /**
   * Reads a card, without its number. Needs `payments:read`.
   *
   * @throws CardNotFoundError
   * @example
   * ```ts
   * const found = await wg.cards.retrieve(card.id);
   * console.log(found.type, found.cardholderName); // PERSISTENT …
   * ```
   */
  retrieve(cardId: string, options?: RequestOptions): AnswerPromise<Card> {
    return this.#transport.request({ method: 'GET', path: ['cards', cardId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(cardId: string, options?: RequestOptions): AnswerPromise<Card> {
    return this.retrieve(cardId, options);
  }

  /**
   * Shows the number and code of a card, which is noted in the audit log. Needs `cards:sensitive_read`.
   *
   * @throws CardNotFoundError, and WallgentError with code `PERMISSION_DENIED`
   * @example
   * ```ts
   * const details = await wg.cards.getDetails(card.id);
   * console.log(details.number.slice(-4) === card.last4); // true
   * ```
   */
  getDetails(cardId: string, options?: RequestOptions): AnswerPromise<CardDetails> {
    return this.#transport.request({ method: 'GET', path: ['cards', cardId, 'details'] }, options);
  }

  /**
   * Freezes a card, unfreezes it, or changes its limits. Needs `payments:write`.
   *
   * @throws CardNotFoundError, ValidationError, InvalidAmountError, and WallgentError with code `CONFLICT` for a cancelled
   * card
   * @example
   * ```ts
   * const frozen = await wg.cards.update(card.id, { status: 'INACTIVE' });
   * const unfrozen = await wg.cards.update(card.id, { status: 'ACTIVE' });
   * console.log(frozen.status, unfrozen.status); // INACTIVE ACTIVE
   * ```
   */
  update(cardId: string, params: UpdateCardParams, options?: RequestOptions): AnswerPromise<Card> {
    const path = ['cards', cardId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * Cancels a card for good. What it authorized before can still be captured. Needs `payments:write`.
   *
   * @throws CardNotFoundError
   * @example
   * ```ts
   * const cancelled = await wg.cards.cancel(card.id);
   * console.log(cancelled.status); // CANCELLED
   * ```
   */
  cancel(cardId: string, options?: RequestOptions): AnswerPromise<Card> {
    return this.#transport.request({ method: 'DELETE', path: ['cards', cardId] }, options);
  }

  /** The same as {@link cancel}. */
  delete(cardId: string, options?: RequestOptions): AnswerPromise<Card> {
    return this.cancel(cardId, options);
  }

  /**
   * Adds somebody whom cards can be issued to. Needs `payments:write`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const cardholder = await wg.cards.createCardholder({ firstName: 'Ada', lastName: 'Lovelace' });
   * const hers = await wg.cards.create({ walletId: wallet.id, cardholderId: cardholder.id });
   * console.log(hers.cardholderName); // Ada Lovelace
   * ```
   */
  createCardholder(
    params: CreateCardholderParams,
    options?: RequestOptions,
  ): AnswerPromise<Cardholder> {
    const path = ['cards', 'cardholders'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Lists what a card was asked for, newest first, declined or not. Needs `payments:read`.
   *
   * @throws CardNotFoundError, ValidationError
   * @example
   * ```ts
   * for await (const item of wg.cards.listAuthorizations(card.id)) {
   *   console.log(item.merchant.name, item.amount, item.status, item.declineReason);
   * }
   * ```
   */
  listAuthorizations(
    cardId: string,
    params?: ListAuthorizationsParams,
    options?: RequestOptions,
  ): PagePromise<CardAuthorization> {
    const path = ['cards', cardId, 'authorizations'];
    return this.#transport.list({ method: 'GET', path, query: params }, options);
  }
}
