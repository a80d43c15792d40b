import type { RequestOptions } from '../options.js';
import type { AnswerPromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { GetSpendingParams, SpendingAnalytics } from '../types/analytics.js';

/** What the organization's wallets spend and receive over time. */
export class Analytics {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * What left and what arrived, period by period, of one wallet or of all. Needs `wallets:read`.
   *
   * @throws WalletNotFoundError, ValidationError
   * @example
   * ```ts
   * await wg.payments.send({ from: wallet.id, to: vendor.id, amount: '50.00' });
   * const spending = await wg.analytics.getSpending({ walletId: wallet.id, groupBy: 'month' });
   * for (const month of spending.dailyTotals) console.log(month.date, month.debits, month.credits);
   * console.log(spending.summary.totalDebits); // 50.25
   * ```
   */
  getSpending(
    params?: GetSpendingParams,
    options?: RequestOptions,
  ): AnswerPromise<SpendingAnalytics> {
    const path = ['analytics', 'spending'];
    return this.#transport.request({ method: 'GET', path, query: params }, options);
  }
}
