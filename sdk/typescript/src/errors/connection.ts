/**
 * No answer: the server could not be reached, or the connection broke before the answer was complete. Thrown only after
 * the retries. It is not a {@link WallgentError}, because the server said nothing.
 *
 * Whether the request took effect is unknown. Sending it again with the same `idempotencyKey` is safe.
 *
 * @example
 * ```ts
 * const unreachable = new Wallgent('wg_test_any', { baseUrl: 'http://127.0.0.1:59999', maxRetries: 0 });
 * try {
 *   await unreachable.wallets.list();
 * } catch (error) {
 *   if (!(error instanceof WallgentConnectionError)) throw error;
 *   console.log(error.message);
 * }
 * ```
 */
export class WallgentConnectionError extends Error {
  /** How many times the request was sent. */
  readonly attempts: number;

  constructor(message: string, fields: { attempts: number; cause?: unknown }) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
    this.attempts = fields.attempts;
  }
}

/**
 * No complete answer within the time limit of an attempt (`timeout`). Whether the request took effect is unknown.
 *
 * @example
 * ```ts
 * try {
 *   await wg.wallets.list({}, { timeout: 5_000 });
 * } catch (error) {
 *   if (!(error instanceof WallgentTimeoutError)) throw error;
 *   console.log(`gave up after ${error.attempts} attempts of ${error.timeout} ms`);
 * }
 * ```
 */
export class WallgentTimeoutError extends WallgentConnectionError {
  /** The time limit of each attempt, in milliseconds. */
  readonly timeout: number;

  constructor(timeout: number, fields: { attempts: number }) {
    super(`No answer within ${timeout} ms`, fields);
    this.timeout = timeout;
  }
}
