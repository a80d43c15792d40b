import type { PageParams } from '../pagination.js';
import type { Environment, TimeInput } from './values.js';

/** Who acted: a key, a person, or Wallgent itself when something fell due. */
export type ActorType = 'API_KEY' | 'USER' | 'SYSTEM';

/** One change, or one look at something sensitive. It is never changed. */
export interface AuditLogEntry {
  /** `log_…` */
  id: string;
  organizationId: string;
  environment: Environment;
  actorType: ActorType;
  /** The key or the person; `null` for `SYSTEM`. */
  actorId: string | null;
  /** In the past tense, for instance `wallet.created`. */
  action: string;
  /** What kind of thing it happened to, for instance `wallet`. */
  resource: string;
  /** Which one. */
  resourceId: string;
  /** The resource as it was then, or what was refused. */
  metadata: Record<string, unknown> | null;
  /** Where the request came from, as far as it is known. */
  ipAddress: string | null;
  /** The request that did it. */
  requestId: string | null;
  /** ISO 8601 UTC. */
  createdAt: string;
}

/** Filters of `auditLogs.list`. */
export interface ListAuditLogsParams extends PageParams {
  /** For instance `payment.denied`. */
  action?: string | undefined;
  /** A kind of thing (`wallet`) or the ID of one. */
  resource?: string | undefined;
  /** `key_…` or `usr_…` */
  actorId?: string | undefined;
  /** This moment or later. */
  from?: TimeInput | undefined;
  /** This moment or earlier. */
  to?: TimeInput | undefined;
}
