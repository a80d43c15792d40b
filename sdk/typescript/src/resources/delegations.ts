import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  CreateDelegationParams,
  DeletedDelegation,
  Delegation,
  ListDelegationsParams,
} from '../types/delegations.js';

/**
 * Delegations let another organization, or one key of any organization, act on wallets of this one. What the delegate may
 * do is what was granted and what its key may do anyway; the policies of the wallets apply.
 */
export class Delegations {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Grants rights on wallets. Needs `delegations:write`, the rights that are granted, and a key that is not bound to
   * wallets.
   *
   * @throws ValidationError, WalletNotFoundError, and WallgentError with code `NOT_FOUND` or `PERMISSION_DENIED`
   * @example
   * ```ts
   * const created = await wg.delegations.create({
   *   walletId: wallet.id,
   *   delegateApiKeyId: key.id,
   *   permissions: ['wallets:read', 'payments:write'],
   * });
   * console.log(created.id, created.walletScope.length); // del_… 1
   * ```
   */
  create(params: CreateDelegationParams, options?: RequestOptions): AnswerPromise<Delegation> {
    return this.#transport.request(
      { method: 'POST', path: ['delegations'], body: params },
      options,
    );
  }

  /**
   * Lists what was granted by the organization and to it, newest first. Needs `delegations:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const delegations = await wg.delegations.list({ walletId: wallet.id, role: 'GRANTOR' });
   * console.log(delegations.data.length, delegations.hasMore); // 0 false
   * ```
   */
  list(params?: ListDelegationsParams, options?: RequestOptions): PagePromise<Delegation> {
    return this.#transport.list({ method: 'GET', path: ['delegations'], query: params }, options);
  }

  /**
   * Reads a delegation that the organization granted or received. Needs `delegations:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const { id } = await wg.delegations.create({
   *   walletId: wallet.id,
   *   delegateApiKeyId: key.id,
   *   permissions: ['wallets:read'],
   * });
   * console.log((await wg.delegations.retrieve(id)).status); // ACTIVE
   * ```
   */
  retrieve(delegationId: string, options?: RequestOptions): AnswerPromise<Delegation> {
    const path = ['delegations', delegationId];
    return this.#transport.request({ method: 'GET', path }, options);
  }

  /** The same as {@link retrieve}. */
  get(delegationId: string, options?: RequestOptions): AnswerPromise<Delegation> {
    return this.retrieve(delegationId, options);
  }

  /**
   * Takes the rights back at once. Needs `delegations:write` and a key that is not bound to wallets.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const { id } = await wg.delegations.create({
   *   walletId: wallet.id,
   *   delegateApiKeyId: key.id,
   *   permissions: ['wallets:read'],
   * });
   * await wg.delegations.delete(id);
   * ```
   */
  delete(delegationId: string, options?: RequestOptions): AnswerPromise<DeletedDelegation> {
    const path = ['delegations', delegationId];
    return this.#transport.request({ method: 'DELETE', path }, options);
  }
}
