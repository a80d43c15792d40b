import { isBrowser } from '../requests/environment-variables.js';
import type { OpenSocket } from './socket.js';

interface SocketOptions {
  headers: Record<string, string>;
}

/** Node and Bun take more than the web's own constructor does. */
type PlatformWebSocket = new (url: string, options?: SocketOptions) => WebSocket;

interface RuntimeGlobals {
  WebSocket?: PlatformWebSocket;
  Deno?: unknown;
  process?: { versions?: { node?: string } };
}

/** The platform's own WebSocket, looked up each time, so that one replaced later is the one that is used. */
export function platformWebSocket(): PlatformWebSocket | undefined {
  return (globalThis as RuntimeGlobals).WebSocket;
}

/** Opens the platform's WebSocket. It shows neither pings nor why a handshake failed. */
export const openPlatformSocket: OpenSocket = (handshake, listener) => {
  const Platform = platformWebSocket();
  if (Platform === undefined) throw new Error('This platform has no WebSocket');
  const socket = sendsHeaders()
    ? new Platform(handshake.url, { headers: Object.fromEntries(handshake.headers) })
    : new Platform(withKey(handshake.url, handshake.apiKey));
  let isOpen = false;
  socket.addEventListener('open', () => {
    isOpen = true;
    listener.opened();
  });
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') listener.received(data);
  });
  socket.addEventListener('error', () => {
    // Node closes a socket that never opened without a further word.
    if (!isOpen) listener.ended({ code: 1006, reason: '' });
  });
  socket.addEventListener('close', ({ code, reason }) => {
    listener.ended({ code, reason });
  });
  const close = () => {
    socket.close(1000);
  };
  return { showsPings: false, close, cut: close };
};

/** Node's WebSocket sends headers, and so does Bun's. Elsewhere the constructor refuses them, or says nothing and sends none. */
function sendsHeaders(): boolean {
  const { process, Deno } = globalThis as RuntimeGlobals;
  return process?.versions?.node !== undefined && Deno === undefined && !isBrowser();
}

function withKey(url: string, apiKey: string): string {
  const extended = new URL(url);
  extended.searchParams.set('apiKey', apiKey);
  return extended.href;
}
