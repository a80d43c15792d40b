/**
 * The TypeScript SDK of Wallgent: financial infrastructure for AI agents.
 *
 * @packageDocumentation
 */
export { Wallgent, Wallgent as default } from './client.js';
export * from './errors/index.js';
export type { ClientOptions, Fetch, Logger, RequestOptions, WallgentOptions } from './options.js';
export {
  autoPaginate,
  collectAll,
  type Page,
  type PageLike,
  type PageParams,
} from './pagination.js';
export type { AnswerPromise, AnswerWithResponse, PagePromise } from './requests/answer-promise.js';
export type { ApiKeys } from './resources/api-keys.js';
export type { Organizations } from './resources/organizations.js';
export type { Payments } from './resources/payments.js';
export type { Policies } from './resources/policies.js';
export type { Sandbox } from './resources/sandbox.js';
export type { Wallets } from './resources/wallets.js';
export type * from './types/api-keys.js';
export type * from './types/organizations.js';
export type * from './types/payments.js';
export type * from './types/policies.js';
export type * from './types/sandbox.js';
export type * from './types/values.js';
export type * from './types/wallets.js';
