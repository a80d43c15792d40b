import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  BatchPaymentsParams,
  BatchResult,
  ListPaymentsParams,
  Payment,
  ReversedPayment,
  ReversePaymentParams,
  SendPaymentParams,
} from '../types/payments.js';

/** Payments move money from one wallet to another, of any organization in the same environment. */
export class Payments {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Pays. Resolves once the payment is posted. Needs `payments:write`.
   *
   * Retries inside the call never pay twice. To be safe across restarts of your program too, pass an `idempotencyKey`
   * of your own, here or in the options.
   *
   * @throws InsufficientFundsError, PolicyDeniedError, ApprovalRequiredError (accepted, waits for a person),
   * WalletFrozenError, WalletNotFoundError, InvalidAmountError, ValidationError, IdempotencyKeyReuseError; for a
   * merchant also MerchantNotFoundError, MerchantSuspendedError, ClosedLoopUnavailableError
   * @example
   * ```ts
   * const sent = await wg.payments.send({
   *   from: wallet.id,
   *   to: vendor.id,
   *   amount: '50.00',
   *   description: 'Monthly SaaS subscription',
   *   idempotencyKey: 'subscription-2026-01',
   * });
   * console.log(sent.id, sent.status, sent.fee); // txn_… POSTED 0.25
   * ```
   */
  send(params: SendPaymentParams, options?: RequestOptions): AnswerPromise<Payment> {
    return this.#transport.request({ method: 'POST', path: ['payments'], body: params }, options);
  }

  /**
   * Reads a payment. Needs `payments:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const found = await wg.payments.get(payment.id);
   * console.log(found.state, found.settledAt);
   * ```
   */
  get(paymentId: string, options?: RequestOptions): AnswerPromise<Payment> {
    return this.#transport.request({ method: 'GET', path: ['payments', paymentId] }, options);
  }

  /** The same as {@link get}. */
  retrieve(paymentId: string, options?: RequestOptions): AnswerPromise<Payment> {
    return this.get(paymentId, options);
  }

  /**
   * Lists payments, newest first. Needs `payments:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * for await (const item of wg.payments.list({ walletId: wallet.id, status: 'POSTED' })) {
   *   console.log(item.id, item.amount);
   * }
   * ```
   */
  list(params?: ListPaymentsParams, options?: RequestOptions): PagePromise<Payment> {
    return this.#transport.list({ method: 'GET', path: ['payments'], query: params }, options);
  }

  /**
   * Gives a received payment back, whole or in part, by a new transaction. Only for who received it. Needs
   * `payments:write`.
   *
   * @throws ReversalNotAllowedError, InsufficientFundsError (the receiver has spent it), InvalidAmountError
   * @example
   * ```ts
   * const reversed = await wg.payments.reverse(payment.id, { reason: 'ordered twice' });
   * console.log(reversed.status, reversed.reversalId); // REVERSED txn_…
   * ```
   */
  reverse(
    paymentId: string,
    params: ReversePaymentParams = {},
    options?: RequestOptions,
  ): AnswerPromise<ReversedPayment> {
    const path = ['payments', paymentId, 'reverse'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Makes up to 20 payments in one request. Needs `payments:write`.
   *
   * @throws BatchPartialFailureError unless every payment went through: its `results` tell what became of each
   * @throws ValidationError
   * @example
   * ```ts
   * const batch = await wg.payments.batch({
   *   payments: [
   *     { from: wallet.id, to: vendor.id, amount: '5.00' },
   *     { from: wallet.id, to: vendor.id, amount: '7.50' },
   *   ],
   *   mode: 'atomic',
   * });
   * console.log(batch.summary.succeeded); // 2
   * ```
   */
  batch(params: BatchPaymentsParams, options?: RequestOptions): AnswerPromise<BatchResult> {
    return this.#transport.request(
      { method: 'POST', path: ['payments', 'batch'], body: params },
      options,
    );
  }
}
