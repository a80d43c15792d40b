import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { AuditLogEntry, ListAuditLogsParams } from '../types/audit-logs.js';

/** The record of everything that was changed, by whom and from where. */
export class AuditLogs {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists entries, newest first; filters narrow each other down. Needs `audit:read`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const entries = await wg.auditLogs.list({ action: 'wallet.created', resource: wallet.id });
   * for (const entry of entries.data) {
   *   console.log(entry.actorType, entry.action, entry.resource); // API_KEY wallet.created wallet
   * }
   * ```
   */
  list(params?: ListAuditLogsParams, options?: RequestOptions): PagePromise<AuditLogEntry> {
    return this.#transport.list({ method: 'GET', path: ['audit-logs'], query: params }, options);
  }
}
