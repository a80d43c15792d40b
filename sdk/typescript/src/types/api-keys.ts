import type { Environment, Permission, TimeInput } from './values.js';

/** Whether a key still works. */
export type ApiKeyStatus = 'ACTIVE' | 'REVOKED' | 'EXPIRED';

/** An API key, without its secret. Times are ISO 8601 UTC. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  name: string;
  /** The first characters of the secret, to tell keys apart. */
  keyPrefix: string;
  permissions: Permission[];
  environment: Environment;
  /** The wallets it is bound to; `null` means all. */
  walletScope: string[] | null;
  /** The addresses it may be used from; `null` means any. */
  allowedIps: string[] | null;
  status: ApiKeyStatus;
  lastUsedAt: string | null;
  expiresAt: string | null;
  createdAt: string;
}

/** Answer of `apiKeys.create`. */
export interface CreatedApiKey extends ApiKey {
  /** The key itself, `wg_test_…` or `wg_live_…`. Shown this once: save it now. */
  secret: string;
}

/** Parameters of `apiKeys.create`. A key can only pass on what it has itself. */
export interface CreateApiKeyParams {
  /** `API key` by default. */
  name?: string | undefined;
  /** None by default: such a key can do nothing. */
  permissions?: Permission[] | undefined;
  /** That of the calling key by default. A sandbox key cannot make a production key. */
  environment?: Environment | undefined;
  /** Binds the key to these wallets. */
  walletScope?: string[] | null | undefined;
  /** Addresses or CIDR ranges. */
  allowedIps?: string[] | null | undefined;
  /** In the future. */
  expiresAt?: TimeInput | null | undefined;
  idempotencyKey?: string | undefined;
}

/** Parameters of `apiKeys.update`: what is left out stays as it is. */
export interface UpdateApiKeyParams {
  name?: string | undefined;
  permissions?: Permission[] | undefined;
  allowedIps?: string[] | null | undefined;
  expiresAt?: TimeInput | null | undefined;
}
