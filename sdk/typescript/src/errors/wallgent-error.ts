/**
 * What an error is made of. Only needed to build errors by hand, for instance in the tests of an application.
 */
export interface WallgentErrorFields {
  /** Machine-readable code, for instance `INSUFFICIENT_FUNDS`. Stable. */
  code: string;
  /** For people. May change. */
  message: string;
  /** The HTTP status of the answer. */
  statusCode: number;
  /** Context that depends on the code. */
  details?: Record<string, unknown> | undefined;
  /** The server's name for the request: quote it when asking its operator. */
  requestId?: string | undefined;
}

/**
 * The server refused a request. Every code of the API has its class below this one; codes without a class of their own
 * (`PERMISSION_DENIED`, `NOT_FOUND`, `CONFLICT`, …) are thrown as this class.
 *
 * A request that got no answer at all throws {@link WallgentConnectionError} instead, which is not a `WallgentError`.
 *
 * @example
 * ```ts
 * try {
 *   await wg.wallets.get('wal_does_not_exist');
 * } catch (error) {
 *   if (!(error instanceof WallgentError)) throw error;
 *   console.log(error.code, error.statusCode, error.requestId); // WALLET_NOT_FOUND 404 …
 * }
 * ```
 */
export class WallgentError extends Error {
  /** Machine-readable code: use this in your logic, never the message. */
  readonly code: string;
  /** The HTTP status of the answer. */
  readonly statusCode: number;
  /** Context that depends on the code. */
  readonly details: Record<string, unknown> | undefined;
  /** The server's name for the request: quote it when asking its operator. */
  readonly requestId: string | undefined;

  constructor(fields: WallgentErrorFields) {
    super(fields.message);
    // Not an own enumerable property, so that printing an error does not repeat its name.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
    this.code = fields.code;
    this.statusCode = fields.statusCode;
    this.details = fields.details;
    this.requestId = fields.requestId;
  }
}
