import type { PageParams } from '../pagination.js';
import type { Environment, Permission, TimeInput } from './values.js';

/** Whether a delegation still counts. */
export type DelegationStatus = 'ACTIVE' | 'REVOKED' | 'EXPIRED';

/** The right of another organization, or of one key, to act on wallets of this one. Times are ISO 8601 UTC. */
export interface Delegation {
  /** `del_…` */
  id: string;
  status: DelegationStatus;
  /** The organization whose wallets they are. */
  grantorOrgId: string;
  /** The organization that may act; `null` when a key may. */
  granteeOrgId: string | null;
  /** The same as `granteeOrgId`. */
  delegateOrgId: string | null;
  /** The key that may act; `null` when an organization may. */
  delegateApiKeyId: string | null;
  /** The first wallet of `walletScope`. */
  walletId: string;
  /** All wallets that it is about. */
  walletScope: string[];
  permissions: Permission[];
  environment: Environment;
  /** When it ends by itself; `null` is never. */
  expiresAt: string | null;
  revokedAt: string | null;
  createdAt: string;
}

/** `read` is `wallets:read` and `payments:read`, `send` is `payments:write`. */
export type DelegatedPermission = Permission | 'read' | 'send';

/** Who may act: an organization, in either of two names, or one key of any organization. */
export type Delegate =
  | { granteeOrgId: string; delegateOrgId?: undefined; delegateApiKeyId?: undefined }
  | { delegateOrgId: string; granteeOrgId?: undefined; delegateApiKeyId?: undefined }
  | { delegateApiKeyId: string; granteeOrgId?: undefined; delegateOrgId?: undefined };

/** On what: one wallet, several, or both together. */
export type DelegatedWallets =
  | { walletId: string; walletScope?: string[] | undefined }
  | { walletScope: string[]; walletId?: undefined };

/** Parameters of `delegations.create`. */
export type CreateDelegationParams = Delegate &
  DelegatedWallets & {
    /** At least one, and only what the calling key may do itself. */
    permissions: DelegatedPermission[];
    /** In the future. */
    expiresAt?: TimeInput | null | undefined;
    idempotencyKey?: string | undefined;
  };

/** Filters of `delegations.list`. */
export interface ListDelegationsParams extends PageParams {
  walletId?: string | undefined;
  /** `GRANTOR`: granted by this organization. `GRANTEE`: granted to it or to one of its keys. */
  role?: 'GRANTOR' | 'GRANTEE' | undefined;
}

/** Answer of `delegations.delete`. */
export interface DeletedDelegation {
  id: string;
  deleted: boolean;
}
