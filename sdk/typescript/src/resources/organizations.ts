import type { RequestOptions } from '../options.js';
import type { AnswerPromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type {
  Organization,
  UpdatedOrganization,
  UpdateOrganizationParams,
} from '../types/organizations.js';

const PATH = ['organizations', 'me'];

/** The organization that the key belongs to; there is no other to see. */
export class Organizations {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Reads the organization. Needs `organizations:read`.
   *
   * @example
   * ```ts
   * const organization = await wg.organizations.me();
   * console.log(organization.name, organization.plan);
   * ```
   */
  me(options?: RequestOptions): AnswerPromise<Organization> {
    return this.#transport.request({ method: 'GET', path: PATH }, options);
  }

  /** The same as {@link me}. */
  get(options?: RequestOptions): AnswerPromise<Organization> {
    return this.me(options);
  }

  /** The same as {@link me}. */
  retrieve(options?: RequestOptions): AnswerPromise<Organization> {
    return this.me(options);
  }

  /**
   * Renames the organization. Needs `organizations:write`.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * const organization = await wg.organizations.update({ name: 'Acme Robotics' });
   * console.log(organization.name);
   * ```
   */
  update(
    params: UpdateOrganizationParams,
    options?: RequestOptions,
  ): AnswerPromise<UpdatedOrganization> {
    return this.#transport.request({ method: 'PATCH', path: PATH, body: params }, options);
  }
}
