import type { RequestOptions } from '../options.js';
import type { PageParams } from '../pagination.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  ApiKey,
  CreateApiKeyParams,
  CreatedApiKey,
  UpdateApiKeyParams,
} from '../types/api-keys.js';

/** API keys of the organization. */
export class ApiKeys {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Makes a key. Its `secret` is in this answer and nowhere else. Needs `api_keys:write` and a key that is not bound to
   * wallets; permissions that the calling key lacks cannot be given.
   *
   * @throws ValidationError, EnvironmentMismatchError (a sandbox key asks for a production key), and WallgentError with
   * code `PERMISSION_DENIED`
   * @example
   * ```ts
   * const created = await wg.apiKeys.create({
   *   name: 'CI Deploy Key',
   *   permissions: ['wallets:read', 'payments:write'],
   * });
   * const ci = new Wallgent(created.secret, { baseUrl });
   * console.log(ci.environment); // SANDBOX
   * ```
   */
  create(params: CreateApiKeyParams = {}, options?: RequestOptions): AnswerPromise<CreatedApiKey> {
    return this.#transport.request({ method: 'POST', path: ['api-keys'], body: params }, options);
  }

  /**
   * Lists keys, newest first, revoked ones too. Needs `api_keys:read`.
   *
   * @example
   * ```ts
   * const keys = await wg.apiKeys.list({ limit: 25 });
   * for (const item of keys.data) console.log(item.name, item.status, item.environment);
   * ```
   */
  list(params?: PageParams, options?: RequestOptions): PagePromise<ApiKey> {
    return this.#transport.list({ method: 'GET', path: ['api-keys'], query: params }, options);
  }

  /**
   * Reads a key, without its secret. Needs `api_keys:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const found = await wg.apiKeys.get(key.id);
   * console.log(found.keyPrefix, found.lastUsedAt);
   * ```
   */
  get(keyId: string, options?: RequestOptions): AnswerPromise<ApiKey> {
    return this.#transport.request({ method: 'GET', path: ['api-keys', keyId] }, options);
  }

  /** The same as {@link get}. */
  retrieve(keyId: string, options?: RequestOptions): AnswerPromise<ApiKey> {
    return this.get(keyId, options);
  }

  /**
   * Renames a key, or narrows or widens it within the rights of the calling key. Needs `api_keys:write`.
   *
   * @throws ValidationError, and WallgentError with code `NOT_FOUND` or `PERMISSION_DENIED`
   * @example
   * ```ts
   * await wg.apiKeys.update(key.id, { permissions: ['wallets:read'] });
   * ```
   */
  update(
    keyId: string,
    params: UpdateApiKeyParams,
    options?: RequestOptions,
  ): AnswerPromise<ApiKey> {
    const path = ['api-keys', keyId];
    return this.#transport.request({ method: 'PATCH', path, body: params }, options);
  }

  /**
   * Ends a key at once and for good. Needs `api_keys:write`.
   *
   * @throws WallgentError with code `NOT_FOUND`, or `CONFLICT` for the last `*` key of an environment
   * @example
   * ```ts
   * await wg.apiKeys.revoke(key.id);
   * ```
   */
  revoke(keyId: string, options?: RequestOptions): AnswerPromise<void> {
    return this.#transport.request({ method: 'DELETE', path: ['api-keys', keyId] }, options);
  }

  /** The same as {@link revoke}. */
  delete(keyId: string, options?: RequestOptions): AnswerPromise<void> {
    return this.revoke(keyId, options);
  }
}
