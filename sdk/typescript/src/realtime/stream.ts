import { WallgentConnectionError } from '../errors/connection.js';
import type { WallgentError } from '../errors/wallgent-error.js';
import type { Configuration } from '../requests/configuration.js';
import { pause } from '../requests/retry.js';
import { ATTEMPTS_MAX, isPassing, reconnectDelayMs } from './back-off.js';
import { Connection, type ConnectionEnd, type ConnectionListener } from './connection.js';

/** Who is told what comes through a stream. */
export interface StreamListener extends ConnectionListener {
  /** Behind which sequence the next connection begins. */
  sequence(): number | undefined;
  /** A connection was lost. The next one is tried after a pause. */
  lost(error: Error, pauseMs: number): void;
}

/**
 * Follows events over as many connections as it takes, and resolves with the reason when it is of no use any more. Never
 * rejects. A first connection that fails is the end: whoever asked for it is still there to decide.
 *
 * @param signal ends the stream
 */
export async function follow(
  configuration: Configuration,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<WallgentError | WallgentConnectionError> {
  let wasOpen = false;
  for (let failures = 0; ;) {
    const end = await new Connection(configuration, listener.sequence(), listener, signal).follow();
    wasOpen ||= end.wasOpen;
    failures = end.wasOpen ? 0 : failures + 1;
    if (signal.aborted || !wasOpen || !isPassing(end.error)) return end.error;
    if (failures === ATTEMPTS_MAX) return exhausted(end);
    const pauseMs = reconnectDelayMs(failures, Math.random());
    listener.lost(end.error, pauseMs);
    try {
      await pause(pauseMs, signal);
    } catch {
      return end.error;
    }
  }
}

function exhausted({ error }: ConnectionEnd): WallgentConnectionError {
  const message = `No connection in ${ATTEMPTS_MAX} attempts; the last one: ${error.message}`;
  return new WallgentConnectionError(message, { attempts: ATTEMPTS_MAX, cause: error });
}
