import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  Charge,
  ChargeParams,
  ListRecurringChargesParams,
  RecurringCharge,
} from '../types/charges.js';
import type {
  CreateInvoiceParams,
  FinalizedInvoice,
  Invoice,
  InvoiceCheckout,
  ListInvoicesParams,
  PayableInvoice,
  PayInvoiceParams,
  UpdateInvoiceParams,
  UsdcInvoiceAddress,
} from '../types/invoices.js';

/** Invoices ask customers for money, on a page or by charging what they have saved to pay with. */
export class Invoices {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Writes an invoice, as a draft. Needs `invoices:write`.
   *
   * @throws WalletNotFoundError, InvalidAmountError, ValidationError, and WallgentError with code `NOT_FOUND` (no such
   * customer) or `CONFLICT` (the wallet is closed)
   * @example
   * ```ts
   * const draft = await wg.invoices.create({
   *   walletId: wallet.id,
   *   customerId: customer.id,
   *   lineItems: [
   *     { description: 'API calls (10,000)', unitPrice: '25.00' },
   *     { description: 'Data processing', quantity: 3, unitPrice: '15.00' },
   *   ],
   *   memo: 'Services for January 2026',
   * });
   * console.log(draft.status, draft.total); // DRAFT 70.00
   * ```
   */
  create(params: CreateInvoiceParams, options?: RequestOptions): AnswerPromise<Invoice> {
    return this.#transport.request({ method: 'POST', path: ['invoices'], body: params }, options);
  }

  /**
   * Lists invoices, newest first. Needs `invoices:read`.
   *
   * @throws ValidationError, WalletNotFoundError
   * @example
   * ```ts
   * for await (const item of wg.invoices.list({ walletId: wallet.id, status: 'FINALIZED' })) {
   *   console.log(item.total, item.checkoutUrl);
   * }
   * ```
   */
  list(params?: ListInvoicesParams, options?: RequestOptions): PagePromise<Invoice> {
    return this.#transport.list({ method: 'GET', path: ['invoices'], query: params }, options);
  }

  /**
   * Reads an invoice. Needs `invoices:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const found = await wg.invoices.retrieve(invoice.id);
   * console.log(found.status, found.total); // DRAFT 70.00
   * ```
   */
  retrieve(invoiceId: string, options?: RequestOptions): AnswerPromise<Invoice> {
    return this.#transport.request({ method: 'GET', path: ['invoices', invoiceId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(invoiceId: string, options?: RequestOptions): AnswerPromise<Invoice> {
    return this.retrieve(invoiceId, options);
  }

  /**
   * Changes a draft. Needs `invoices:write`.
   *
   * @throws InvalidAmountError, ValidationError, and WallgentError with code `NOT_FOUND`, or `CONFLICT` when it is no draft
   * any more: `details.status`
   * @example
   * ```ts
   * const changed = await wg.invoices.update(invoice.id, {
   *   lineItems: [{ description: 'API calls (10,000)', unitPrice: 20 }],
   * });
   * console.log(changed.total); // 20.00
   * ```
   */
  update(
    invoiceId: string,
    params: UpdateInvoiceParams,
    options?: RequestOptions,
  ): AnswerPromise<Invoice> {
    const path = ['invoices', invoiceId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * Fixes a draft, and gives it a page where it can be paid. Needs `invoices:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` when it is no draft any more: `details.status`
   * @example
   * ```ts
   * const result = await wg.invoices.finalize(invoice.id);
   * console.log(result.status, result.checkoutUrl); // FINALIZED http…/invoice/…
   * ```
   */
  finalize(invoiceId: string, options?: RequestOptions): AnswerPromise<FinalizedInvoice> {
    return this.#act(invoiceId, 'finalize', options);
  }

  /**
   * Takes an invoice back before it is paid. Needs `invoices:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` in a state that does not allow it: `details.status`
   * @example
   * ```ts
   * await wg.invoices.finalize(invoice.id);
   * const voided = await wg.invoices.void(invoice.id);
   * console.log(voided.status); // VOIDED
   * ```
   */
  void(invoiceId: string, options?: RequestOptions): AnswerPromise<Invoice> {
    return this.#act(invoiceId, 'void', options);
  }

  /**
   * Gives back what was paid, all of it. Needs `invoices:write`.
   *
   * @throws InsufficientFundsError (it is spent), and WallgentError with code `NOT_FOUND`, or `CONFLICT` when it is not paid:
   * `details.status`
   * @example
   * ```ts
   * const { slug } = await wg.invoices.finalize(invoice.id);
   * await wg.invoices.pay(slug, { testMethod: { type: 'card' } });
   * const refunded = await wg.invoices.refund(invoice.id);
   * console.log(refunded.status, refunded.refundedAmount); // REFUNDED 70.00
   * ```
   */
  refund(invoiceId: string, options?: RequestOptions): AnswerPromise<Invoice> {
    return this.#act(invoiceId, 'refund', options);
  }

  /**
   * Gives an invoice up that nobody will pay. Needs `invoices:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` in a state that does not allow it: `details.status`
   * @example
   * ```ts
   * await wg.invoices.finalize(invoice.id);
   * const lost = await wg.invoices.markUncollectible(invoice.id);
   * console.log(lost.status); // UNCOLLECTIBLE
   * ```
   */
  markUncollectible(invoiceId: string, options?: RequestOptions): AnswerPromise<Invoice> {
    return this.#act(invoiceId, 'mark-uncollectible', options);
  }

  /**
   * The page where an invoice is paid. Needs `invoices:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` in a state that does not allow it: `details.status`
   * @example
   * ```ts
   * await wg.invoices.finalize(invoice.id);
   * const { url } = await wg.invoices.checkout(invoice.id);
   * console.log(url); // http…/invoice/…
   * ```
   */
  checkout(invoiceId: string, options?: RequestOptions): AnswerPromise<InvoiceCheckout> {
    return this.#act(invoiceId, 'checkout', options);
  }

  /**
   * Where an invoice is paid in the stablecoin USDC: the same address each time. Needs `payments:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`, `CONFLICT` when it cannot be paid any more (`details.status`), or
   * `SERVICE_UNAVAILABLE` when the server takes none
   * @example
   * ```ts
   * const { slug } = await wg.invoices.finalize(invoice.id);
   * const { address, amount } = await wg.invoices.payWithUsdc(slug);
   * const paid = await wg.sandbox.depositUsdc({ address, amount });
   * console.log(address, paid.status); // 0x… PAID
   * ```
   */
  payWithUsdc(slug: string, options?: RequestOptions): AnswerPromise<UsdcInvoiceAddress> {
    const path = ['invoices', 'pay', slug, 'usdc'];
    return this.#transport.request({ method: 'POST', path, body: {} }, options);
  }

  /**
   * Charges a customer what it has saved to pay with: for an invoice, or for an amount, whose invoice is made with it. A
   * charge that repeats does so until it is cancelled. Needs `invoices:write`.
   *
   * @throws WalletNotFoundError, InvalidAmountError, ValidationError, MerchantSuspendedError, and WallgentError with code
   * `NOT_FOUND` (no such customer, invoice or payment method) or `CONFLICT` (no payment method is saved, or the invoice
   * cannot be paid: `details.status`)
   * @example
   * ```ts
   * const charge = await wg.invoices.charge({
   *   walletId: wallet.id,
   *   customerId: customer.id,
   *   amount: '99.00',
   *   description: 'Monthly subscription',
   *   recurring: { interval: 'monthly' },
   * });
   * console.log(charge.status, charge.amount); // SUCCEEDED 99.00
   * ```
   */
  charge(params: ChargeParams, options?: RequestOptions): AnswerPromise<Charge> {
    const path = ['invoices', 'charge'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Lists the charges that repeat, newest first. Needs `invoices:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * for await (const item of wg.invoices.listRecurringCharges()) {
   *   console.log(item.interval, item.amount, item.nextChargeAt);
   * }
   * ```
   */
  listRecurringCharges(
    params?: ListRecurringChargesParams,
    options?: RequestOptions,
  ): PagePromise<RecurringCharge> {
    const path = ['invoices', 'charges', 'recurring'];
    return this.#transport.list({ method: 'GET', path, query: params }, options);
  }

  /**
   * Ends a charge that repeats. Needs `invoices:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const { id } = await wg.invoices.charge({
   *   walletId: wallet.id,
   *   customerId: customer.id,
   *   amount: '99.00',
   *   recurring: { interval: 'monthly' },
   * });
   * const ended = await wg.invoices.cancelRecurringCharge(id);
   * console.log(ended.status, ended.nextChargeAt); // CANCELLED null
   * ```
   */
  cancelRecurringCharge(
    chargeId: string,
    options?: RequestOptions,
  ): AnswerPromise<RecurringCharge> {
    const path = ['invoices', 'charges', 'recurring', chargeId];
    return this.#transport.request({ method: 'DELETE', path }, options);
  }

  /**
   * What a payer sees of an invoice, whoever sent it. Needs `payments:read`; without a key the slug alone is enough.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const { slug } = await wg.invoices.finalize(invoice.id);
   * const due = await wg.invoices.getBySlug(slug);
   * console.log(due.total, due.status, due.overdue); // 70.00 FINALIZED false
   * ```
   */
  getBySlug(slug: string, options?: RequestOptions): AnswerPromise<PayableInvoice> {
    return this.#transport.request({ method: 'GET', path: ['invoices', 'pay', slug] }, options);
  }

  /**
   * Pays an invoice. From a wallet all rules of `payments.send` apply, fee included; in the sandbox a test method pays as
   * well. Needs `payments:write`.
   *
   * @throws InsufficientFundsError, PolicyDeniedError, ApprovalRequiredError (accepted, waits for a person),
   * WalletFrozenError, WalletNotFoundError, MerchantSuspendedError, SandboxOnlyError, ValidationError, and WallgentError with
   * code `NOT_FOUND`, or `CONFLICT` when it cannot be paid any more: `details.status`
   * @example
   * ```ts
   * const { slug } = await wg.invoices.finalize(invoice.id);
   * const paid = await wg.invoices.pay(slug, { testMethod: { type: 'card' } });
   * console.log(paid.status, paid.transactionId); // PAID txn_…
   * ```
   */
  pay(
    slug: string,
    params: PayInvoiceParams,
    options?: RequestOptions,
  ): AnswerPromise<PayableInvoice> {
    const path = ['invoices', 'pay', slug];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  #act<T>(invoiceId: string, action: string, options?: RequestOptions): AnswerPromise<T> {
    const path = ['invoices', invoiceId, action];
    return this.#transport.request({ method: 'POST', path, body: {} }, options);
  }
}
