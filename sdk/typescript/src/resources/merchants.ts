import type { RequestOptions } from '../options.js';
import type { AnswerPromise, OffsetPagePromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  CreateMerchantParams,
  ListMerchantPaymentsParams,
  ListMerchantsParams,
  Merchant,
  MerchantAnalytics,
  MerchantAnalyticsParams,
  MerchantPayment,
  SettlementOverview,
  UpdateMerchantParams,
} from '../types/merchants.js';

/** The organization as a merchant: its profile, and what it receives. Others pay it by `merchantId` or by its domain. */
export class Merchants {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes the profile; there is one in each environment. In the sandbox its domain is verified at once. Needs
   * `merchants:write`.
   *
   * @throws ValidationError, WalletNotFoundError, and WallgentError with code `CONFLICT` when there is one already, or another
   * has the domain
   * @example
   * ```ts
   * const profile = await wg.merchants.create({
   *   name: 'Acme Store',
   *   domain: 'store.example.com',
   *   closedLoop: true,
   * });
   * console.log(profile.status, profile.domainVerified); // ACTIVE true
   * ```
   */
  create(params: CreateMerchantParams, options?: RequestOptions): AnswerPromise<Merchant> {
    return this.#transport.request({ method: 'POST', path: ['merchants'], body: params }, options);
  }

  /**
   * Lists the organization's profile. Needs `merchants:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * for await (const item of wg.merchants.list()) console.log(item.name, item.domain);
   * ```
   */
  list(params?: ListMerchantsParams, options?: RequestOptions): PagePromise<Merchant> {
    return this.#transport.list({ method: 'GET', path: ['merchants'], query: params }, options);
  }

  /**
   * Reads the profile. Needs `merchants:read`.
   *
   * @throws MerchantNotFoundError
   * @example
   * ```ts
   * const found = await wg.merchants.retrieve(merchant.id);
   * console.log(found.name, found.closedLoop); // Acme Store true
   * ```
   */
  retrieve(merchantId: string, options?: RequestOptions): AnswerPromise<Merchant> {
    return this.#transport.request({ method: 'GET', path: ['merchants', merchantId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(merchantId: string, options?: RequestOptions): AnswerPromise<Merchant> {
    return this.retrieve(merchantId, options);
  }

  /**
   * Changes the profile. Needs `merchants:write`.
   *
   * @throws MerchantNotFoundError, ValidationError, WalletNotFoundError, and WallgentError with code `CONFLICT` when another
   * has the domain
   * @example
   * ```ts
   * const changed = await wg.merchants.update(merchant.id, { name: 'Acme Store' });
   * console.log(changed.name); // Acme Store
   * ```
   */
  update(
    merchantId: string,
    params: UpdateMerchantParams,
    options?: RequestOptions,
  ): AnswerPromise<Merchant> {
    const path = ['merchants', merchantId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * What the organization received today, this month and last. Needs `merchants:read`.
   *
   * @throws MerchantNotFoundError when the organization has no profile
   * @example
   * ```ts
   * const overview = await wg.merchants.getSettlementOverview();
   * console.log(overview.balance.currency, overview.balance.status); // USD AVAILABLE
   * console.log(overview.today.count <= overview.month.count); // true
   * ```
   */
  getSettlementOverview(options?: RequestOptions): AnswerPromise<SettlementOverview> {
    const path = ['merchant', 'settlement', 'overview'];
    return this.#transport.request({ method: 'GET', path }, options);
  }

  /**
   * Lists what the organization received, newest first, with how many there are. Iterate over the promise for every page.
   * Needs `merchants:read`.
   *
   * @throws MerchantNotFoundError when the organization has no profile, ValidationError
   * @example
   * ```ts
   * const { data, total } = await wg.merchants.listPayments({ limit: 50, startDate: '2026-01-01' });
   * for (const received of data) console.log(received.fromName, received.amount);
   * console.log(data.length <= total); // true
   * ```
   */
  listPayments(
    params?: ListMerchantPaymentsParams,
    options?: RequestOptions,
  ): OffsetPagePromise<MerchantPayment> {
    const path = ['merchant', 'payments'];
    return this.#transport.listByOffset({ method: 'GET', path, query: params }, options);
  }

  /**
   * What the organization received day by day. Needs `merchants:read`.
   *
   * @throws MerchantNotFoundError when the organization has no profile, ValidationError
   * @example
   * ```ts
   * const analytics = await wg.merchants.getAnalytics();
   * for (const point of analytics.volumeTrend) {
   *   console.log(`${point.date}: ${point.count} payments, $${point.volume}`);
   * }
   * ```
   */
  getAnalytics(
    params?: MerchantAnalyticsParams,
    options?: RequestOptions,
  ): AnswerPromise<MerchantAnalytics> {
    const path = ['merchant', 'analytics'];
    return this.#transport.request({ method: 'GET', path, query: params }, options);
  }
}
