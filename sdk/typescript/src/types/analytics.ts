/** What totals are taken over. Weeks begin on Monday; all are of UTC. */
export type AnalyticsPeriod = 'day' | 'week' | 'month';

/** Parameters of `analytics.getSpending`. */
export interface GetSpendingParams {
  /** All wallets of the organization when left out. */
  walletId?: string | undefined;
  /** The first day, `2026-01-01`. */
  from?: string | undefined;
  /** The last day, itself included. */
  to?: string | undefined;
  /** `day` by default. */
  groupBy?: AnalyticsPeriod | undefined;
}

/** What went out and came in during a period; amounts are decimal strings. */
export interface SpendingTotals {
  /** The first day of the period, `2026-01-31`. */
  date: string;
  /** What went out, fees included. */
  debits: string;
  /** What came in. */
  credits: string;
  /** Credits less debits. */
  net: string;
}

/** The same over the whole range. */
export interface SpendingSummary {
  totalDebits: string;
  totalCredits: string;
  /** Credits less debits. */
  netFlow: string;
}

/** Answer of `analytics.getSpending`. */
export interface SpendingAnalytics {
  /** Every period of the range, oldest first, also those without a movement. */
  dailyTotals: SpendingTotals[];
  summary: SpendingSummary;
}
