import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  CreateCustomerParams,
  Customer,
  ListCustomersParams,
  PaymentMethod,
  PaymentMethodSetup,
  PaymentUpdateUrl,
  SetupPaymentMethodParams,
  UpdateCustomerParams,
} from '../types/customers.js';

/** Customers are who is sent invoices, and may have saved what they pay with. */
export class Customers {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Adds a customer. Needs `invoices:write`.
   *
   * @throws ValidationError, and WallgentError with code `CONFLICT` when another customer has the address
   * @example
   * ```ts
   * const added = await wg.customers.create({
   *   email: `jane-${Date.now()}@acme.example`,
   *   name: 'Jane Smith',
   *   companyName: 'Acme Corp',
   * });
   * console.log(added.id, added.companyName); // cus_… Acme Corp
   * ```
   */
  create(params: CreateCustomerParams, options?: RequestOptions): AnswerPromise<Customer> {
    return this.#transport.request({ method: 'POST', path: ['customers'], body: params }, options);
  }

  /**
   * Lists customers, newest first. Needs `invoices:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * for await (const item of wg.customers.list({ limit: 100 })) console.log(item.email, item.name);
   * ```
   */
  list(params?: ListCustomersParams, options?: RequestOptions): PagePromise<Customer> {
    return this.#transport.list({ method: 'GET', path: ['customers'], query: params }, options);
  }

  /**
   * Reads a customer. Needs `invoices:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const found = await wg.customers.retrieve(customer.id);
   * console.log(found.email === customer.email); // true
   * ```
   */
  retrieve(customerId: string, options?: RequestOptions): AnswerPromise<Customer> {
    return this.#transport.request({ method: 'GET', path: ['customers', customerId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(customerId: string, options?: RequestOptions): AnswerPromise<Customer> {
    return this.retrieve(customerId, options);
  }

  /**
   * Changes what is given, clears what is `null`, leaves the rest. Needs `invoices:write`.
   *
   * @throws ValidationError, and WallgentError with code `NOT_FOUND`, or `CONFLICT` when another customer has the address
   * @example
   * ```ts
   * const moved = await wg.customers.update(customer.id, { companyName: 'Acme Robotics' });
   * console.log(moved.companyName); // Acme Robotics
   * ```
   */
  update(
    customerId: string,
    params: UpdateCustomerParams,
    options?: RequestOptions,
  ): AnswerPromise<Customer> {
    const path = ['customers', customerId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * Removes a customer, and what was saved to pay with. Invoices stay. Needs `invoices:write` and a key that is not bound to
   * wallets.
   *
   * @throws WallgentError with code `NOT_FOUND` or `PERMISSION_DENIED`
   * @example
   * ```ts
   * const removed = await wg.customers.delete(customer.id);
   * console.log(removed.id === customer.id); // true
   * ```
   */
  delete(customerId: string, options?: RequestOptions): AnswerPromise<Customer> {
    return this.#transport.request({ method: 'DELETE', path: ['customers', customerId] }, options);
  }

  /**
   * Makes a page where the customer saves a payment method. It works once. Needs `invoices:write`.
   *
   * @throws ValidationError, and WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const setup = await wg.customers.setupPaymentMethod(customer.id, {
   *   returnUrl: 'https://acme.example/thanks',
   * });
   * console.log(setup.url); // http…/setup/…
   * ```
   */
  setupPaymentMethod(
    customerId: string,
    params: SetupPaymentMethodParams = {},
    options?: RequestOptions,
  ): AnswerPromise<PaymentMethodSetup> {
    const path = ['customers', customerId, 'payment-methods', 'setup'];
    return this.#transport.request({ method: 'POST', path, body: params }, options);
  }

  /**
   * Makes a page where the customer saves another payment method, for instance when a charge failed. Needs
   * `invoices:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const { url } = await wg.customers.createPaymentUpdateUrl(customer.id);
   * console.log(url); // http…/setup/…
   * ```
   */
  createPaymentUpdateUrl(
    customerId: string,
    options?: RequestOptions,
  ): AnswerPromise<PaymentUpdateUrl> {
    const path = ['customers', customerId, 'payment-update-url'];
    return this.#transport.request({ method: 'POST', path, body: {} }, options);
  }

  /**
   * All that a customer has saved to pay with, on one page. Needs `invoices:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * for (const method of (await wg.customers.listPaymentMethods(customer.id)).data) {
   *   console.log(method.type, method.last4); // card …
   * }
   * ```
   */
  listPaymentMethods(customerId: string, options?: RequestOptions): PagePromise<PaymentMethod> {
    const path = ['customers', customerId, 'payment-methods'];
    return this.#transport.list({ method: 'GET', path }, options);
  }

  /**
   * Removes a payment method: it is charged no more. Needs `invoices:write` and a key that is not bound to wallets.
   *
   * @throws WallgentError with code `NOT_FOUND` or `PERMISSION_DENIED`
   * @example
   * ```ts
   * for (const method of (await wg.customers.listPaymentMethods(customer.id)).data) {
   *   await wg.customers.deletePaymentMethod(customer.id, method.id);
   * }
   * ```
   */
  deletePaymentMethod(
    customerId: string,
    paymentMethodId: string,
    options?: RequestOptions,
  ): AnswerPromise<void> {
    const path = ['customers', customerId, 'payment-methods', paymentMethodId];
    return this.#transport.request({ method: 'DELETE', path }, options);
  }
}
