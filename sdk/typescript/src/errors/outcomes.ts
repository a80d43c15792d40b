import type { BatchItemResult, BatchSummary } from '../types/payments.js';
import type { ApprovalRequiredDetails } from './details.js';
import { WallgentError, type WallgentErrorFields } from './wallgent-error.js';

// The two classes that are not refusals: the server took the request, and the caller has to look at what became of it.

/**
 * 202: the movement is accepted and waits for a person. Not a failure, and nothing to send again: it executes by itself
 * when it is approved. Its amount and fee are held meanwhile.
 *
 * @example
 * ```ts
 * await wg.policies.create(wallet.id, { name: 'Ask me', requireHumanApproval: true });
 * try {
 *   await wg.payments.send({ from: wallet.id, to: vendor.id, amount: '50.00' });
 * } catch (error) {
 *   if (!(error instanceof ApprovalRequiredError)) throw error;
 *   console.log(`approval ${error.approvalId} until ${error.details?.expiresAt}`);
 * }
 * ```
 */
export class ApprovalRequiredError extends WallgentError {
  declare readonly code: 'APPROVAL_REQUIRED';
  declare readonly details: ApprovalRequiredDetails | undefined;
  /** The approval to wait for, the same as `details.approvalId`. */
  readonly approvalId: string | undefined;
  /** The payment (or other movement) that waits; it can be read at once. */
  readonly resourceId: string | undefined;

  constructor(fields: WallgentErrorFields & { resourceId?: string | undefined }) {
    super(fields);
    const approvalId = fields.details?.approvalId;
    this.approvalId = typeof approvalId === 'string' ? approvalId : undefined;
    this.resourceId = fields.resourceId;
  }
}

/**
 * 207: not every payment of a batch went through. In an atomic batch that means none did; in an independent one the
 * successful ones stand. `results` has one entry for each payment, in the order they were sent.
 *
 * @example
 * ```ts
 * const payments = [
 *   { from: wallet.id, to: vendor.id, amount: '5.00' },
 *   { from: wallet.id, to: vendor.id, amount: '1000000.00' },
 * ];
 * try {
 *   await wg.payments.batch({ payments, mode: 'independent' });
 * } catch (error) {
 *   if (!(error instanceof BatchPartialFailureError)) throw error;
 *   for (const result of error.results) {
 *     console.log(result.index, result.status, result.error?.code);
 *   }
 * }
 * ```
 */
export class BatchPartialFailureError extends WallgentError {
  declare readonly code: 'BATCH_PARTIAL_FAILURE';
  /** The batch, `bat_…`. */
  readonly batchId: string | undefined;
  /** What became of each payment. */
  readonly results: BatchItemResult[];
  /** How many of each. */
  readonly summary: BatchSummary | undefined;

  constructor(
    fields: WallgentErrorFields & {
      batchId?: string | undefined;
      results: BatchItemResult[];
      summary?: BatchSummary | undefined;
    },
  ) {
    super(fields);
    this.batchId = fields.batchId;
    this.results = fields.results;
    this.summary = fields.summary;
  }
}
