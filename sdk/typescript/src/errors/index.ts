export * from './classes.js';
export { WallgentConnectionError, WallgentTimeoutError } from './connection.js';
export type * from './details.js';
export { ApprovalRequiredError, BatchPartialFailureError } from './outcomes.js';
export { WallgentError, type WallgentErrorFields } from './wallgent-error.js';
export { WebhookVerificationError } from './webhook-verification.js';
