import type { RequestOptions } from '../options.js';
import type { PageParams } from '../pagination.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { DirectoryEntry, NetworkPayment, PayAgentParams } from '../types/network.js';

/** The agent network: who can be paid, and paying them by their address, across organizations and without a fee. */
export class Network {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Pays the wallet behind an address, at once and without a fee, under the policies of the wallet that pays. Needs
   * `payments:write`.
   *
   * @throws WalletNotFoundError (also for an address that nobody has), InsufficientFundsError, PolicyDeniedError,
   * ApprovalRequiredError (accepted, waits for a person), WalletFrozenError, InvalidAmountError, ValidationError
   * @example
   * ```ts
   * const itself = new Wallgent(agent.apiKey, { baseUrl });
   * const paid = await itself.network.payAgent({
   *   toAddress: vendor.wallgentAddress,
   *   amount: '25.00',
   *   description: 'Data processing fee',
   * });
   * console.log(paid.status, paid.amount, paid.fees); // POSTED 25.00 0.00
   * ```
   */
  payAgent(params: PayAgentParams, options?: RequestOptions): AnswerPromise<NetworkPayment> {
    const path = ['network', 'pay'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Finds agents of any organization in the same environment whose name, own name or address has a word that begins with
   * the search term; without one, all who let themselves be found. Needs `wallets:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const directory = await wg.network.searchDirectory('research');
   * for (const entry of directory.data) console.log(entry.name, entry.wallgentAddress);
   * ```
   */
  searchDirectory(
    search?: string,
    params?: PageParams,
    options?: RequestOptions,
  ): PagePromise<DirectoryEntry> {
    const path = ['network', 'directory'];
    return this.#transport.list({ method: 'GET', path, query: { ...params, search } }, options);
  }
}
