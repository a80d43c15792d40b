import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  CheckPolicyParams,
  CreatePolicyParams,
  Policy,
  PolicyCheck,
  PolicyLimit,
  UpdatePolicyParams,
} from '../types/policies.js';

/**
 * Spend policies of wallets. A wallet may have many; a payment goes through when all enabled ones allow it.
 *
 * Calls on one policy exist in two forms: with the policy's ID, and with the wallet's ID before it.
 */
export class Policies {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Puts a policy on a wallet. Needs `policies:write` and a key that is not bound to wallets.
   *
   * @throws WalletNotFoundError, ValidationError (also for a misspelt rule), InvalidAmountError
   * @example
   * ```ts
   * const created = await wg.policies.create(wallet.id, {
   *   name: 'Spending Guard',
   *   maxTransactionAmount: '100.00',
   *   dailySpendingLimit: '500.00',
   *   approvedRecipients: [vendor.id],
   * });
   * console.log(created.id); // pol_…
   * ```
   */
  create(
    walletId: string,
    params: CreatePolicyParams,
    options?: RequestOptions,
  ): AnswerPromise<Policy> {
    const path = ['wallets', walletId, 'policies'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * The policies of a wallet, all on one page. Needs `policies:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * const policies = await wg.policies.list(wallet.id);
   * console.log(policies.data.map((item) => item.name));
   * ```
   */
  list(walletId: string, options?: RequestOptions): PagePromise<Policy> {
    return this.#transport.list(
      { method: 'GET', path: ['wallets', walletId, 'policies'] },
      options,
    );
  }

  /**
   * Reads a policy. Needs `policies:read`.
   *
   * @throws PolicyNotFoundError
   * @example
   * ```ts
   * const found = await wg.policies.get(policy.id);
   * console.log(found.dailySpendingLimit); // 500.00
   * ```
   */
  get(policyId: string, options?: RequestOptions): AnswerPromise<Policy>;
  get(walletId: string, policyId: string, options?: RequestOptions): AnswerPromise<Policy>;
  get(
    id: string,
    policyIdOrOptions?: string | RequestOptions,
    options?: RequestOptions,
  ): AnswerPromise<Policy> {
    const [path, requestOptions] = policyCall(id, policyIdOrOptions, options);
    return this.#transport.request({ method: 'GET', path }, requestOptions);
  }

  /** The same as {@link get}. */
  retrieve(policyId: string, options?: RequestOptions): AnswerPromise<Policy>;
  retrieve(walletId: string, policyId: string, options?: RequestOptions): AnswerPromise<Policy>;
  retrieve(
    id: string,
    policyIdOrOptions?: string | RequestOptions,
    options?: RequestOptions,
  ): AnswerPromise<Policy> {
    const [path, requestOptions] = policyCall(id, policyIdOrOptions, options);
    return this.#transport.request({ method: 'GET', path }, requestOptions);
  }

  /**
   * Changes what is given, clears what is `null`, leaves the rest. Needs `policies:write` and a key that is not bound to
   * wallets.
   *
   * @throws PolicyNotFoundError, ValidationError, InvalidAmountError
   * @example
   * ```ts
   * await wg.policies.update(policy.id, { dailySpendingLimit: '1000.00', enabled: true });
   * await wg.policies.update(wallet.id, policy.id, { approvedRecipients: null });
   * ```
   */
  update(
    policyId: string,
    params: UpdatePolicyParams,
    options?: RequestOptions,
  ): AnswerPromise<Policy>;
  update(
    walletId: string,
    policyId: string,
    params: UpdatePolicyParams,
    options?: RequestOptions,
  ): AnswerPromise<Policy>;
  update(
    id: string,
    policyIdOrParams: string | UpdatePolicyParams,
    paramsOrOptions?: UpdatePolicyParams | RequestOptions,
    options?: RequestOptions,
  ): AnswerPromise<Policy> {
    if (typeof policyIdOrParams === 'string') {
      const path = ['wallets', id, 'policies', policyIdOrParams];
      // The overloads leave nothing else for the third argument here.
      const body = paramsOrOptions as UpdatePolicyParams | undefined;
      return this.#transport.request({ method: 'PATCH', path, body }, options);
    }
    const path = ['policies', id];
    const requestOptions = paramsOrOptions as RequestOptions | undefined;
    return this.#transport.request(
      { method: 'PATCH', path, body: policyIdOrParams },
      requestOptions,
    );
  }

  /**
   * Removes a policy. Needs `policies:write` and a key that is not bound to wallets.
   *
   * @throws PolicyNotFoundError
   * @example
   * ```ts
   * await wg.policies.delete(policy.id);
   * ```
   */
  delete(policyId: string, options?: RequestOptions): AnswerPromise<void>;
  delete(walletId: string, policyId: string, options?: RequestOptions): AnswerPromise<void>;
  delete(
    id: string,
    policyIdOrOptions?: string | RequestOptions,
    options?: RequestOptions,
  ): AnswerPromise<void> {
    const [path, requestOptions] = policyCall(id, policyIdOrOptions, options);
    return this.#transport.request({ method: 'DELETE', path }, requestOptions);
  }

  /**
   * What the wallet's policies would say of a payment; nothing is moved or counted. Needs `policies:read`.
   *
   * @throws WalletNotFoundError, InvalidAmountError
   * @example
   * ```ts
   * const check = await wg.policies.check(wallet.id, { to: vendor.id, amount: '50.00' });
   * console.log(check.decision); // ALLOW
   * ```
   */
  check(
    walletId: string,
    params: CheckPolicyParams,
    options?: RequestOptions,
  ): AnswerPromise<PolicyCheck> {
    const path = ['wallets', walletId, 'policies', 'check'];
    return this.#transport.request({ method: 'POST', path, body: params, readOnly: true }, options);
  }

  /**
   * What is left of each spending limit of a wallet, all on one page. Needs `policies:read`.
   *
   * @throws WalletNotFoundError
   * @example
   * ```ts
   * for (const limit of (await wg.policies.limits(wallet.id)).data) {
   *   console.log(limit.rule, limit.remaining, limit.resetsAt);
   * }
   * ```
   */
  limits(walletId: string, options?: RequestOptions): PagePromise<PolicyLimit> {
    return this.#transport.list({ method: 'GET', path: ['wallets', walletId, 'limits'] }, options);
  }
}

/** The path and the options of a call in either of its two forms. */
function policyCall(
  id: string,
  policyIdOrOptions: string | RequestOptions | undefined,
  options: RequestOptions | undefined,
): [path: string[], options: RequestOptions | undefined] {
  if (typeof policyIdOrOptions === 'string') {
    return [['wallets', id, 'policies', policyIdOrOptions], options];
  }
  return [['policies', id], policyIdOrOptions];
}
