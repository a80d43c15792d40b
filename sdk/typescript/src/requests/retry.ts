import { WallgentConnectionError } from '../errors/connection.js';
import type { WallgentError } from '../errors/wallgent-error.js';

/** A server that asks for more patience than this gets none: the caller knows better what to do meanwhile. */
const LONGEST_WAIT_SECONDS = 30;
/** Long enough for a restarting server to be missed once, short enough not to be felt. */
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;

/** One attempt that did not succeed. */
export interface Failure {
  readonly error: WallgentError | WallgentConnectionError;
  /** How long the server asked to wait, if it did. */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * How long to wait before sending a request again, in milliseconds, or `undefined` when it must not be sent again.
 *
 * Only failures that pass by themselves are worth it: no answer, 429, 503, and a duplicate that is still running. Every
 * other refusal would be repeated.
 *
 * @param retriesMade how often this request was sent again already
 * @param random a number from 0 up to 1, which spreads clients that failed together
 */
export function retryDelayMs(
  failure: Failure,
  retriesMade: number,
  random: number,
): number | undefined {
  if (!isPassing(failure.error)) return undefined;
  const backoffMs =
    Math.min(FIRST_DELAY_MS * 2 ** retriesMade, LONGEST_DELAY_MS) * (0.5 + random / 2);
  const { retryAfterSeconds } = failure;
  if (retryAfterSeconds === undefined) return backoffMs;
  if (retryAfterSeconds > LONGEST_WAIT_SECONDS) return undefined;
  return Math.max(retryAfterSeconds * 1000, backoffMs);
}

function isPassing(error: WallgentError | WallgentConnectionError): boolean {
  if (error instanceof WallgentConnectionError) return true;
  return (
    error.statusCode === 429 || error.statusCode === 503 || error.code === 'IDEMPOTENCY_IN_FLIGHT'
  );
}

/** What the server asks to wait: `details.retryAfter`, else the header `Retry-After` in seconds or as a date. */
export function readRetryAfterSeconds(error: WallgentError, headers: Headers): number | undefined {
  const fromDetails = error.details?.retryAfter;
  if (typeof fromDetails === 'number' && fromDetails >= 0) return fromDetails;
  const header = headers.get('retry-after');
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

/** Waits, unless the signal ends the wait: then rejects with its reason. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
}
