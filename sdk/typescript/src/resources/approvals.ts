import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { Approval, ApprovedApproval, ListApprovalsParams } from '../types/approvals.js';

/**
 * What waits for a person. A policy that asks for approval turns a payment into one of these, and the call that would have
 * paid throws {@link ApprovalRequiredError}. Amount and fee are held until somebody decides.
 */
export class Approvals {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists approvals, newest first. Needs `approvals:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const pending = await wg.approvals.list({ status: 'PENDING', walletId: approval.walletId });
   * for (const { transactionDetails } of pending.data) {
   *   console.log(transactionDetails.amount, 'to', transactionDetails.recipient); // 50.00 to wal_…
   * }
   * ```
   */
  list(params?: ListApprovalsParams, options?: RequestOptions): PagePromise<Approval> {
    return this.#transport.list({ method: 'GET', path: ['approvals'], query: params }, options);
  }

  /**
   * Reads an approval. Needs `approvals:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const found = await wg.approvals.retrieve(approval.id);
   * console.log(found.status, found.amount); // PENDING 50.00
   * ```
   */
  retrieve(approvalId: string, options?: RequestOptions): AnswerPromise<Approval> {
    return this.#transport.request({ method: 'GET', path: ['approvals', approvalId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(approvalId: string, options?: RequestOptions): AnswerPromise<Approval> {
    return this.retrieve(approvalId, options);
  }

  /**
   * Lets the payment go through, under the policies as they are now; it is posted when this resolves. When it can no longer
   * be posted, that error is thrown and the approval stays pending. Needs `approvals:write` and a key that is not bound to
   * wallets.
   *
   * @throws PolicyDeniedError, WalletFrozenError, InsufficientFundsError, and WallgentError with code `NOT_FOUND`,
   * `CONFLICT` (already decided: `details.status`) or `PERMISSION_DENIED`
   * @example
   * ```ts
   * const approved = await wg.approvals.approve(approval.id);
   * console.log(approved.status, approved.payment?.status); // APPROVED POSTED
   * ```
   */
  approve(approvalId: string, options?: RequestOptions): AnswerPromise<ApprovedApproval> {
    const path = ['approvals', approvalId, 'approve'];
    return this.#transport.request({ method: 'POST', path, body: {} }, options);
  }

  /**
   * Refuses the payment and frees what was held for it. Needs `approvals:write` and a key that is not bound to wallets.
   *
   * @param reason told to whoever asked, and kept in the audit log
   * @throws WallgentError with code `NOT_FOUND`, `CONFLICT` (already decided: `details.status`) or `PERMISSION_DENIED`
   * @example
   * ```ts
   * const rejected = await wg.approvals.reject(approval.id, 'Not this month');
   * console.log(rejected.status, rejected.reason); // REJECTED Not this month
   * ```
   */
  reject(approvalId: string, reason?: string, options?: RequestOptions): AnswerPromise<Approval> {
    const path = ['approvals', approvalId, 'reject'];
    return this.#transport.request({ method: 'POST', path, body: { reason } }, options);
  }
}
