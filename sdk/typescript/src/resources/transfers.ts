import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  DepositParams,
  InternalTransfer,
  InternalTransferParams,
  ListTransfersParams,
  Transfer,
  WithdrawParams,
} from '../types/transfers.js';

/**
 * Transfers bring money in and take it out over a rail (ACH, WIRE, FEDNOW, USDC), or move it between two wallets of the
 * organization. What goes over a rail takes its time: `transfer.completed` and `transfer.failed` tell how it ended.
 */
export class Transfers {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Asks for money to come in: at least 25.00, of which the fee is taken. It is in the wallet when the transfer is
   * completed, and `pending` in its balance until then. Needs `payments:write`.
   *
   * @throws InvalidAmountError (under the minimum: `details.minimum`), WalletNotFoundError, ValidationError,
   * SandboxOnlyError (bank numbers with a live key), and WallgentError with code `NOT_FOUND` (no such bank account) or
   * `CONFLICT` (not verified: `details.status`)
   * @example
   * ```ts
   * const deposit = await wg.transfers.deposit({
   *   walletId: wallet.id,
   *   amount: '1000.00',
   *   currency: 'USD',
   *   bankAccountId: bankAccount.id,
   * });
   * console.log(deposit.status, deposit.rail, deposit.fee); // PENDING ACH 5.00
   * ```
   */
  deposit(params: DepositParams, options?: RequestOptions): AnswerPromise<Transfer> {
    return this.#post(['transfers', 'deposit'], params, options);
  }

  /**
   * Asks for money to go out. Amount and fee leave the wallet at once, and come back if it fails. A key that is bound to
   * wallets can only withdraw to what a policy's `approvedRecipients` lists. Needs `payments:write`.
   *
   * @throws InsufficientFundsError, PolicyDeniedError, ApprovalRequiredError (accepted, waits for a person),
   * WalletFrozenError, WalletNotFoundError, InvalidAmountError, ValidationError, SandboxOnlyError, and WallgentError with
   * code `NOT_FOUND`, `CONFLICT` or `PERMISSION_DENIED`
   * @example
   * ```ts
   * const withdrawal = await wg.transfers.withdraw({
   *   walletId: wallet.id,
   *   amount: 100,
   *   destination: {
   *     type: 'WIRE',
   *     routingNumber: '021000021',
   *     accountNumber: '000123456789',
   *     accountHolderName: 'Data Vendor',
   *   },
   * });
   * console.log(withdrawal.destination?.accountNumber); // …6789
   * ```
   */
  withdraw(params: WithdrawParams, options?: RequestOptions): AnswerPromise<Transfer> {
    return this.#post(['transfers', 'withdraw'], params, options);
  }

  /**
   * Moves money between two wallets of the organization, at once and without a fee. Needs `payments:write`.
   *
   * @throws InsufficientFundsError, PolicyDeniedError, ApprovalRequiredError (accepted, waits for a person),
   * WalletFrozenError, WalletNotFoundError, InvalidAmountError, ValidationError
   * @example
   * ```ts
   * const moved = await wg.transfers.internal({
   *   fromWalletId: wallet.id,
   *   toWalletId: vendor.id,
   *   amount: '250.00',
   *   description: 'Move to savings',
   * });
   * console.log(moved.status, moved.amount); // COMPLETED 250.00
   * ```
   */
  internal(
    params: InternalTransferParams,
    options?: RequestOptions,
  ): AnswerPromise<InternalTransfer> {
    return this.#post(['transfers', 'internal'], params, options);
  }

  /**
   * Lists transfers, newest first. Needs `payments:read`.
   *
   * @throws ValidationError, WalletNotFoundError
   * @example
   * ```ts
   * for await (const item of wg.transfers.list({ walletId: wallet.id, direction: 'DEPOSIT' })) {
   *   console.log(item.id, item.status, item.amount);
   * }
   * ```
   */
  list(params?: ListTransfersParams, options?: RequestOptions): PagePromise<Transfer> {
    return this.#transport.list({ method: 'GET', path: ['transfers'], query: params }, options);
  }

  /**
   * Reads a transfer. Needs `payments:read`.
   *
   * @throws TransferNotFoundError
   * @example
   * ```ts
   * const found = await wg.transfers.get(transfer.id);
   * console.log(found.direction, found.amount); // DEPOSIT 100.00
   * ```
   */
  get(transferId: string, options?: RequestOptions): AnswerPromise<Transfer> {
    return this.#transport.request({ method: 'GET', path: ['transfers', transferId] }, options);
  }

  /** The same as {@link get}. */
  retrieve(transferId: string, options?: RequestOptions): AnswerPromise<Transfer> {
    return this.get(transferId, options);
  }

  /**
   * Calls a transfer back that is `PENDING` or `PROCESSING`. One that is answered as still `PROCESSING` waits for the rail's
   * word. Needs `payments:write`.
   *
   * @throws TransferNotFoundError, and WallgentError with code `CONFLICT` when it is too late: `details.status`
   * @example
   * ```ts
   * const cancelled = await wg.transfers.cancel(transfer.id);
   * console.log(cancelled.status); // CANCELLED
   * ```
   */
  cancel(transferId: string, options?: RequestOptions): AnswerPromise<Transfer> {
    return this.#post(['transfers', transferId, 'cancel'], {}, options);
  }

  #post<T>(path: readonly string[], body: object, options?: RequestOptions): AnswerPromise<T> {
    return this.#transport.request({ method: 'POST', path, body }, options);
  }
}
