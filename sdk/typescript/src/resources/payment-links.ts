import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  CreatePaymentLinkParams,
  ListPaymentLinksParams,
  PayableLink,
  PaymentLink,
  PayLinkParams,
} from '../types/payment-links.js';
import type { Payment } from '../types/payments.js';
import type { TestPayment } from '../types/test-methods.js';

/** Payment links collect money into a wallet: whoever has the address can pay. */
export class PaymentLinks {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes a link. Needs `invoices:write`.
   *
   * @throws WalletNotFoundError, InvalidAmountError, ValidationError, and WallgentError with code `CONFLICT` for a closed
   * wallet
   * @example
   * ```ts
   * const made = await wg.paymentLinks.create({
   *   walletId: wallet.id,
   *   amount: '250.00',
   *   description: 'Freelance payment',
   *   maxUses: 1,
   * });
   * console.log(made.status, made.url); // ACTIVE http…/pay/…
   * ```
   */
  create(params: CreatePaymentLinkParams, options?: RequestOptions): AnswerPromise<PaymentLink> {
    const path = ['payment-links'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Lists links, newest first. Needs `invoices:read`.
   *
   * @throws ValidationError, WalletNotFoundError
   * @example
   * ```ts
   * for await (const item of wg.paymentLinks.list({ walletId: wallet.id, status: 'ACTIVE' })) {
   *   console.log(item.amount, item.url, item.uses);
   * }
   * ```
   */
  list(params?: ListPaymentLinksParams, options?: RequestOptions): PagePromise<PaymentLink> {
    return this.#transport.list({ method: 'GET', path: ['payment-links'], query: params }, options);
  }

  /**
   * Reads a link. Needs `invoices:read`.
   *
   * @throws PaymentLinkNotFoundError
   * @example
   * ```ts
   * const found = await wg.paymentLinks.retrieve(paymentLink.id);
   * console.log(found.status, found.uses); // ACTIVE 0
   * ```
   */
  retrieve(paymentLinkId: string, options?: RequestOptions): AnswerPromise<PaymentLink> {
    const path = ['payment-links', paymentLinkId];
    return this.#transport.request({ method: 'GET', path }, options);
  }

  /** The same as {@link retrieve}. */
  get(paymentLinkId: string, options?: RequestOptions): AnswerPromise<PaymentLink> {
    return this.retrieve(paymentLinkId, options);
  }

  /**
   * Cancels a link for good: it can be paid no more. Needs `invoices:write`.
   *
   * @throws PaymentLinkNotFoundError, and WallgentError with code `CONFLICT` when it ended in another way: `details.status`
   * @example
   * ```ts
   * const cancelled = await wg.paymentLinks.cancel(paymentLink.id);
   * console.log(cancelled.status); // CANCELLED
   * ```
   */
  cancel(paymentLinkId: string, options?: RequestOptions): AnswerPromise<PaymentLink> {
    const path = ['payment-links', paymentLinkId];
    const body = { status: 'CANCELLED' };
    return this.#transport.request({ method: 'PATCH', path, body }, options);
  }
  /**
   * What a payer sees of a link, whoever it belongs to. Needs `payments:read`; without a key the slug alone is enough.
   *
   * @throws PaymentLinkNotFoundError
   * @example
   * ```ts
   * const due = await wg.paymentLinks.getBySlug(paymentLink.slug);
   * console.log(due.amount, due.status, due.restricted); // 250.00 ACTIVE false
   * ```
   */
  getBySlug(slug: string, options?: RequestOptions): AnswerPromise<PayableLink> {
    const path = ['payment-links', 'pay', slug];
    return this.#transport.request({ method: 'GET', path }, options);
  }

  /**
   * Pays a link. From a wallet all rules of `payments.send` apply, fee included; in the sandbox a test method pays as well.
   * Needs `payments:write`.
   *
   * @throws PaymentLinkNotFoundError, InsufficientFundsError, PolicyDeniedError, ApprovalRequiredError (accepted, waits for a
   * person), WalletFrozenError, WalletNotFoundError, MerchantSuspendedError, SandboxOnlyError, ValidationError, and
   * WallgentError with code `PERMISSION_DENIED` (another payer is meant) or `CONFLICT` (the link is over: `details.status`)
   * @example
   * ```ts
   * const paid = await wg.paymentLinks.pay(paymentLink.slug, { fromWalletId: wallet.id });
   * console.log(paid.status, paid.amount, paid.fee); // POSTED 250.00 1.25
   * ```
   */
  pay(
    slug: string,
    params: PayLinkParams & { fromWalletId: string },
    options?: RequestOptions,
  ): AnswerPromise<Payment>;
  pay(
    slug: string,
    params: PayLinkParams & { testMethod: object },
    options?: RequestOptions,
  ): AnswerPromise<TestPayment>;
  pay(
    slug: string,
    params: PayLinkParams,
    options?: RequestOptions,
  ): AnswerPromise<Payment | TestPayment> {
    const path = ['payment-links', 'pay', slug];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }
}
