import type { RequestOptions } from '../options.js';
import type { PageParams } from '../pagination.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  ListPolicyEvaluationsParams,
  PolicyEvaluation,
  PolicyLimit,
} from '../types/policies.js';
import type {
  CreateWalletParams,
  FundWalletParams,
  Hold,
  ListHoldsParams,
  ListWalletsParams,
  UpdateWalletParams,
  Wallet,
  WalletBalance,
  WalletFunding,
  WalletStatusParams,
  WalletTransaction,
} from '../types/wallets.js';

/**
 * Wallets hold money. Every call on one wallet throws {@link WalletNotFoundError} when the key cannot see it, and
 * {@link EnvironmentMismatchError} when it lives in the other environment.
 */
export class Wallets {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes a wallet. Needs `wallets:write`.
   *
   * @throws ValidationError, WalletLimitExceededError
   * @example
   * ```ts
   * const created = await wg.wallets.create({
   *   name: 'Research Agent',
   *   agentName: 'research-bot',
   *   metadata: { department: 'engineering' },
   * });
   * console.log(created.id); // wal_…
   * ```
   */
  create(params: CreateWalletParams, options?: RequestOptions): AnswerPromise<Wallet> {
    return this.#transport.request({ method: 'POST', path: ['wallets'], body: params }, options);
  }

  /**
   * Reads a wallet. Needs `wallets:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const found = await wg.wallets.get(wallet.id);
   * console.log(found.status, found.balance); // ACTIVE 1000.00
   * ```
   */
  get(walletId: string, options?: RequestOptions): AnswerPromise<Wallet> {
    return this.#transport.request({ method: 'GET', path: ['wallets', walletId] }, options);
  }

  /** The same as {@link get}. */
  retrieve(walletId: string, options?: RequestOptions): AnswerPromise<Wallet> {
    return this.get(walletId, options);
  }

  /**
   * Lists wallets, newest first. Needs `wallets:read`.
   *
   * @example
   * ```ts
   * const { data, cursor, hasMore } = await wg.wallets.list({ status: 'ACTIVE', limit: 50 });
   * console.log(data.length, hasMore, cursor);
   * ```
   */
  list(params?: ListWalletsParams, options?: RequestOptions): PagePromise<Wallet> {
    return this.#transport.list({ method: 'GET', path: ['wallets'], query: params }, options);
  }

  /**
   * Changes what is given and leaves the rest. Needs `wallets:write`.
   *
   * @throws WalletNotFoundError, ValidationError
   * @example
   * ```ts
   * await wg.wallets.update(wallet.id, { name: 'Research', metadata: { tier: 2 } });
   * ```
   */
  update(
    walletId: string,
    params: UpdateWalletParams,
    options?: RequestOptions,
  ): AnswerPromise<Wallet> {
    const path = ['wallets', walletId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * What the wallet has, can spend, has reserved and expects. Needs `wallets:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const balance = await wg.wallets.getBalance(wallet.id);
   * console.log(balance.available, balance.currency); // 1000.00 USD
   * ```
   */
  getBalance(walletId: string, options?: RequestOptions): AnswerPromise<WalletBalance> {
    return this.#transport.request(
      { method: 'GET', path: ['wallets', walletId, 'balance'] },
      options,
    );
  }

  /**
   * Puts test money into a wallet; sandbox only, at most 10,000.00 a call. Needs `wallets:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError, WalletFrozenError, WalletNotFoundError
   * @example
   * ```ts
   * const funding = await wg.wallets.fund(wallet.id, { amount: '250.00' });
   * console.log(funding.newBalance); // 1250.00
   * ```
   */
  fund(
    walletId: string,
    params: FundWalletParams,
    options?: RequestOptions,
  ): AnswerPromise<WalletFunding> {
    const path = ['wallets', walletId, 'fund'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Stops everything the wallet would pay; it still receives. Needs `wallets:write`; a key bound to the wallet may do it too.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const frozen = await wg.wallets.freeze(wallet.id, { reason: 'unusual spending' });
   * console.log(frozen.status); // FROZEN
   * ```
   */
  freeze(
    walletId: string,
    params?: WalletStatusParams,
    options?: RequestOptions,
  ): AnswerPromise<Wallet> {
    return this.#setStatus(walletId, 'freeze', params, options);
  }

  /**
   * Lets a frozen wallet pay again. Needs `wallets:write` and a key that is not bound to wallets.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * await wg.wallets.freeze(wallet.id);
   * await wg.wallets.unfreeze(wallet.id);
   * ```
   */
  unfreeze(
    walletId: string,
    params?: WalletStatusParams,
    options?: RequestOptions,
  ): AnswerPromise<Wallet> {
    return this.#setStatus(walletId, 'unfreeze', params, options);
  }

  /**
   * Closes a wallet for good. Needs `wallets:write` and a key that is not bound to wallets.
   *
   * @throws WalletNotFoundError, and WallgentError with code `CONFLICT` while it has money or holds
   * @example
   * ```ts
   * const empty = await wg.wallets.create({ name: 'Short-lived' });
   * await wg.wallets.close(empty.id);
   * ```
   */
  close(
    walletId: string,
    params?: WalletStatusParams,
    options?: RequestOptions,
  ): AnswerPromise<Wallet> {
    return this.#setStatus(walletId, 'close', params, options);
  }

  /**
   * The lines of the wallet's account, newest first. Needs `wallets:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * for await (const entry of wg.wallets.listTransactions(wallet.id)) {
   *   console.log(entry.direction, entry.amount, entry.balanceAfter);
   * }
   * ```
   */
  listTransactions(
    walletId: string,
    params?: PageParams,
    options?: RequestOptions,
  ): PagePromise<WalletTransaction> {
    const path = ['wallets', walletId, 'transactions'];
    return this.#transport.list({ method: 'GET', path, query: params }, options);
  }

  /**
   * What is reserved in the wallet, all on one page. Needs `wallets:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const holds = await wg.wallets.listHolds(wallet.id, { status: 'PENDING' });
   * console.log(holds.data.length);
   * ```
   */
  listHolds(
    walletId: string,
    params?: ListHoldsParams,
    options?: RequestOptions,
  ): PagePromise<Hold> {
    const path = ['wallets', walletId, 'holds'];
    return this.#transport.list({ method: 'GET', path, query: params }, options);
  }

  /**
   * The payments that policies of the wallet denied or sent to a person, newest first. Needs `policies:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const denied = await wg.wallets.listPolicyEvaluations(wallet.id, { result: 'DENY' });
   * console.log(denied.data.length);
   * ```
   */
  listPolicyEvaluations(
    walletId: string,
    params?: ListPolicyEvaluationsParams,
    options?: RequestOptions,
  ): PagePromise<PolicyEvaluation> {
    const path = ['wallets', walletId, 'policy-evaluations'];
    return this.#transport.list({ method: 'GET', path, query: params }, options);
  }

  /**
   * What is left of each spending limit of the wallet, all on one page. The same as `policies.limits`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * for (const limit of (await wg.wallets.limits(wallet.id)).data) {
   *   console.log(limit.rule, limit.remaining);
   * }
   * ```
   */
  limits(walletId: string, options?: RequestOptions): PagePromise<PolicyLimit> {
    return this.#transport.list({ method: 'GET', path: ['wallets', walletId, 'limits'] }, options);
  }

  #setStatus(
    walletId: string,
    action: 'freeze' | 'unfreeze' | 'close',
    params: WalletStatusParams = {},
    options?: RequestOptions,
  ): AnswerPromise<Wallet> {
    const path = ['wallets', walletId, action];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }
}
