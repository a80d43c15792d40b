import { ApiKeyRevokedError } from '../errors/classes.js';
import { WallgentConnectionError } from '../errors/connection.js';
import { WallgentError } from '../errors/wallgent-error.js';
import { causeOf } from '../requests/cause.js';
import type { Configuration } from '../requests/configuration.js';
import { Transport } from '../requests/transport.js';
import type { SocketEnd } from './socket.js';

/** The close code of a key that was revoked or has expired. */
const KEY_REVOKED = 4001;
/** What the server decides before it looks at the upgrade, and so answers to any request for the stream. */
const DECIDED_BEFORE_UPGRADE: ReadonlySet<number> = new Set([401, 403, 429, 503]);

/** Why a connection that was open ended. */
export function errorOfEnd(
  end: SocketEnd,
  apiKey: string,
): WallgentError | WallgentConnectionError {
  if (end.code === KEY_REVOKED) {
    return new ApiKeyRevokedError({
      code: 'API_KEY_REVOKED',
      message: 'The API key was revoked or has expired',
      statusCode: 401,
    });
  }
  const reason = end.reason === '' ? 'no reason given' : end.reason.replaceAll(apiKey, '[key]');
  const message = `The connection ended with code ${end.code}: ${reason}`;
  return new WallgentConnectionError(message, { attempts: 1 });
}

/**
 * Why a connection never opened. Where the platform keeps that to itself an ordinary request for the stream tells: it is
 * refused for the same reason, or breaks in the same way.
 */
export async function errorOfHandshake(
  end: SocketEnd,
  configuration: Configuration,
  signal: AbortSignal,
): Promise<WallgentError | WallgentConnectionError> {
  if (end.error !== undefined) return end.error;
  if (end.cause !== undefined) {
    const { message, cause } = causeOf(end.cause, configuration.apiKey);
    return new WallgentConnectionError(message, { attempts: 1, cause });
  }
  try {
    const transport = new Transport({ ...configuration, maxRetries: 0 });
    await transport.request({ method: 'GET', path: ['realtime'] }, { signal });
  } catch (error) {
    if (error instanceof WallgentConnectionError) return error;
    if (error instanceof WallgentError && DECIDED_BEFORE_UPGRADE.has(error.statusCode)) {
      return error;
    }
  }
  const message = 'The server can be reached, but not by a WebSocket: check what stands between';
  return new WallgentConnectionError(message, { attempts: 1 });
}
