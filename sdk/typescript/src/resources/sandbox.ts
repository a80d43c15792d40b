import type { RequestOptions } from '../options.js';
import type { AnswerPromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { CardAuthorization } from '../types/card-authorizations.js';
import type { PaymentMethod } from '../types/customers.js';
import type { Invoice } from '../types/invoices.js';
import type {
  AdvanceClockParams,
  AuthorizationStepParams,
  AuthorizeCardParams,
  DepositUsdcParams,
  DriveTransferParams,
  SandboxClock,
  SandboxFunding,
  SandboxFundParams,
  SavePaymentMethodParams,
} from '../types/sandbox.js';
import type { Transfer } from '../types/transfers.js';

/** What only the sandbox can do. A live key gets {@link SandboxOnlyError}. */
export class Sandbox {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Puts test money into a wallet: at most 10,000.00 a call and 100,000.00 a wallet in total. Needs `wallets:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError, WalletNotFoundError, WalletFrozenError
   * @example
   * ```ts
   * const funding = await wg.sandbox.fund({ walletId: wallet.id, amount: '500.00' });
   * console.log(funding.newBalance); // 1500.00
   * ```
   */
  fund(params: SandboxFundParams, options?: RequestOptions): AnswerPromise<SandboxFunding> {
    return this.#transport.request(
      { method: 'POST', path: ['sandbox', 'fund'], body: params },
      options,
    );
  }

  /**
   * Moves the clock of a server that was started with `--test-clock`. Answers when everything that fell due has run.
   *
   * @throws SandboxOnlyError, ValidationError, and WallgentError with code `NOT_FOUND` when the server has no such clock
   * @example
   * ```ts
   * const clock = await wg.sandbox.advanceClock({ advance: 'PT24H' });
   * console.log(clock.now);
   * ```
   */
  advanceClock(params: AdvanceClockParams, options?: RequestOptions): AnswerPromise<SandboxClock> {
    return this.#transport.request(
      { method: 'POST', path: ['sandbox', 'clock'], body: params },
      options,
    );
  }

  /**
   * Lets a transfer complete now. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, TransferNotFoundError, and WallgentError with code `CONFLICT` in a state that does not allow
   * it: `details.status`
   * @example
   * ```ts
   * const settled = await wg.sandbox.settleTransfer(transfer.id);
   * console.log(settled.status); // COMPLETED
   * ```
   */
  settleTransfer(
    transferId: string,
    params: DriveTransferParams = {},
    options?: RequestOptions,
  ): AnswerPromise<Transfer> {
    return this.#drive(transferId, 'settle', params, options);
  }

  /**
   * Lets a transfer fail now; what a withdrawal took comes back, fee included. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, TransferNotFoundError, and WallgentError with code `CONFLICT` in a state that does not allow
   * it: `details.status`
   * @example
   * ```ts
   * const failed = await wg.sandbox.failTransfer(transfer.id, { reason: 'No such account' });
   * console.log(failed.status, failed.failureReason); // FAILED No such account
   * ```
   */
  failTransfer(
    transferId: string,
    params: DriveTransferParams = {},
    options?: RequestOptions,
  ): AnswerPromise<Transfer> {
    return this.#drive(transferId, 'fail', params, options);
  }

  /**
   * Lets the other side take a completed ACH transfer back. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, TransferNotFoundError, and WallgentError with code `CONFLICT` in a state that does not allow
   * it: `details.status`
   * @example
   * ```ts
   * await wg.sandbox.settleTransfer(transfer.id);
   * const returned = await wg.sandbox.returnTransfer(transfer.id, { reason: 'R01' });
   * console.log(returned.status); // RETURNED
   * ```
   */
  returnTransfer(
    transferId: string,
    params: DriveTransferParams = {},
    options?: RequestOptions,
  ): AnswerPromise<Transfer> {
    return this.#drive(transferId, 'return', params, options);
  }

  /**
   * Buys something with a card, as a merchant would. What is approved is held in the wallet; a decline is an answer, not an
   * error. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, CardNotFoundError, InvalidAmountError, ValidationError
   * @example
   * ```ts
   * const merchant = { name: 'ACME Cloud', category: 'software', domain: 'acme.example' };
   * const approved = await wg.sandbox.authorizeCard(card.id, { amount: '25.00', merchant });
   * const declined = await wg.sandbox.authorizeCard(card.id, { amount: 1_000_000, merchant });
   * console.log(approved.status, declined.declineReason); // APPROVED SPENDING_LIMIT
   * ```
   */
  authorizeCard(
    cardId: string,
    params: AuthorizeCardParams,
    options?: RequestOptions,
  ): AnswerPromise<CardAuthorization> {
    const path = ['sandbox', 'cards', cardId, 'authorizations'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Takes what was authorized, in part or whole: now it leaves the wallet. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError (more than is held: `details.maximum`), and WallgentError with code
   * `NOT_FOUND`, or `CONFLICT` when nothing is held: `details.status`
   * @example
   * ```ts
   * const captured = await wg.sandbox.captureAuthorization(authorization.id, { amount: '20.00' });
   * console.log(captured.status, captured.heldAmount); // PARTIALLY_CAPTURED 5.00
   * ```
   */
  captureAuthorization(
    authorizationId: string,
    params: AuthorizationStepParams = {},
    options?: RequestOptions,
  ): AnswerPromise<CardAuthorization> {
    return this.#take(authorizationId, 'capture', params, options);
  }

  /**
   * Releases what was authorized and not captured. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError (more than is held: `details.maximum`), and WallgentError with code
   * `NOT_FOUND`, or `CONFLICT` when nothing is held: `details.status`
   * @example
   * ```ts
   * const reversed = await wg.sandbox.reverseAuthorization(authorization.id);
   * console.log(reversed.status, reversed.releasedAmount); // REVERSED 25.00
   * ```
   */
  reverseAuthorization(
    authorizationId: string,
    params: AuthorizationStepParams = {},
    options?: RequestOptions,
  ): AnswerPromise<CardAuthorization> {
    return this.#take(authorizationId, 'reverse', params, options);
  }

  /**
   * Gives back what was captured, in part or whole. Needs `payments:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError (more than was captured: `details.maximum`), and WallgentError with code
   * `NOT_FOUND`, or `CONFLICT` when nothing is left to give back: `details.status`
   * @example
   * ```ts
   * await wg.sandbox.captureAuthorization(authorization.id);
   * const refunded = await wg.sandbox.refundAuthorization(authorization.id);
   * console.log(refunded.status, refunded.refundedAmount); // REFUNDED 25.00
   * ```
   */
  refundAuthorization(
    authorizationId: string,
    params: AuthorizationStepParams = {},
    options?: RequestOptions,
  ): AnswerPromise<CardAuthorization> {
    return this.#take(authorizationId, 'refund', params, options);
  }

  /**
   * Saves a test method for a customer, without the page where customers do that themselves. Needs `invoices:write`.
   *
   * @throws SandboxOnlyError, ValidationError, and WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const method = await wg.sandbox.savePaymentMethod(customer.id, { type: 'card' });
   * console.log(method.id, method.type, method.last4); // pm_… card …
   * ```
   */
  savePaymentMethod(
    customerId: string,
    params: SavePaymentMethodParams,
    options?: RequestOptions,
  ): AnswerPromise<PaymentMethod> {
    const path = ['sandbox', 'customers', customerId, 'payment-methods'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Lets the stablecoin arrive at an invoice's address, which pays the invoice. Needs `invoices:write`.
   *
   * @throws SandboxOnlyError, InvalidAmountError (not what is due: `details.required`), and WallgentError with code
   * `NOT_FOUND`, or `CONFLICT` when it cannot be paid any more: `details.status`
   * @example
   * ```ts
   * const { slug } = await wg.invoices.finalize(invoice.id);
   * const { address } = await wg.invoices.payWithUsdc(slug);
   * const paid = await wg.sandbox.depositUsdc({ address, amount: '70.00' });
   * console.log(paid.status, paid.transactionId); // PAID txn_…
   * ```
   */
  depositUsdc(params: DepositUsdcParams, options?: RequestOptions): AnswerPromise<Invoice> {
    const path = ['sandbox', 'usdc-deposits'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  #take(
    authorizationId: string,
    step: 'capture' | 'reverse' | 'refund',
    body: AuthorizationStepParams,
    options?: RequestOptions,
  ): AnswerPromise<CardAuthorization> {
    const path = ['sandbox', 'card-authorizations', authorizationId, step];
    return this.#transport.request({ method: 'POST', path, body }, options);
  }

  #drive(
    transferId: string,
    step: 'settle' | 'fail' | 'return',
    body: DriveTransferParams,
    options?: RequestOptions,
  ): AnswerPromise<Transfer> {
    const path = ['sandbox', 'transfers', transferId, step];
    return this.#transport.request({ method: 'POST', path, body }, options);
  }
}
