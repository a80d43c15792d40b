import type { WallgentConnectionError } from '../errors/connection.js';
import type { WallgentError } from '../errors/wallgent-error.js';
import { openPlatformSocket, platformWebSocket } from './platform-socket.js';
import { loadWsSocket } from './ws-socket.js';

/** What a socket is opened with. */
export interface Handshake {
  /** `ws://…` or `wss://…`, without the key. */
  readonly url: string;
  /** The key is among them. */
  readonly headers: Headers;
  /** For platforms that send no headers of ours. */
  readonly apiKey: string;
}

/** How a socket ended. */
export interface SocketEnd {
  /** The close code of RFC 6455; 1006 when the connection broke. */
  readonly code: number;
  readonly reason: string;
  /** Why it never opened, where that is known. */
  readonly error?: WallgentError | WallgentConnectionError | undefined;
  /** What broke the connection, where the platform shows it. */
  readonly cause?: unknown;
}

/** Who is told what becomes of a socket. */
export interface SocketListener {
  opened(): void;
  received(text: string): void;
  pinged(payload: string): void;
  /** At the end of every socket, also of one that never opened. May be told more than once. */
  ended(end: SocketEnd): void;
}

/** A WebSocket, whoever made it. */
export interface Socket {
  /** Whether its listener is told of pings. */
  readonly showsPings: boolean;
  /** Says goodbye, and ends the connection when the server has heard it. */
  close(): void;
  /** Ends the connection as far as the platform can without the server. */
  cut(): void;
}

/** Opens a socket. May throw what the platform throws. */
export type OpenSocket = (handshake: Handshake, listener: SocketListener) => Socket;

/** The platform's WebSocket, or the package `ws` where it has none: in Node 20. */
export async function socketOpener(): Promise<OpenSocket> {
  if (platformWebSocket() !== undefined) return openPlatformSocket;
  return loadWsSocket();
}
