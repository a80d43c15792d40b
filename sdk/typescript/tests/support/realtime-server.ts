// A server of the realtime stream that does as told: what a healthy one never shows, and when a test says so.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WallgentEvent } from '@wallgent/sdk';
import { type WebSocket, WebSocketServer } from 'ws';

/** A request for the stream as it arrived. */
export interface Knock {
  url: URL;
  headers: IncomingHttpHeaders;
}

/** What the server does with a request for the stream. */
export type Welcome = 'open' | 'drop' | 'silence' | { status: number; body?: unknown };

/** The server's end of a connection. */
export interface Guest {
  knock: Knock;
  socket: WebSocket;
  /** Tells an event. */
  tell(sequence: number, type: string, data?: object): void;
}

export interface RealtimeServer extends AsyncDisposable {
  url: string;
  /** Every request for the stream so far. */
  knocks: Knock[];
  /** How the next requests are treated. */
  welcome: Welcome;
  /** Told as soon as a connection opens, in the same packet. */
  greeting: WallgentEvent[];
  /** The next request that this did not answer with yet; waits for it. */
  knock: () => Promise<Knock>;
  /** The same for connections that were opened. */
  guest: () => Promise<Guest>;
}

/** An event as the server tells it. */
export function eventOf(sequence: number, type: string, data: object = {}): WallgentEvent {
  const event = {
    id: `evt_${sequence}`,
    sequence,
    type,
    event: type,
    timestamp: '2026-01-31T09:00:00.000Z',
    organizationId: 'org_1',
    environment: 'SANDBOX',
    requestId: null,
    data,
  };
  return event as WallgentEvent;
}

/** Starts a server that opens every connection until it is told otherwise. */
export async function startRealtimeServer(): Promise<RealtimeServer> {
  const http = createServer((_request, response) => {
    // What a client asks that was not told why its handshake failed.
    const { status, body } = refusalOf(server.welcome);
    if (server.welcome === 'drop') response.destroy();
    else response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const upgrades = new WebSocketServer({ noServer: true });
  const knocks = queue<Knock>();
  const guests = queue<Guest>();
  const server: RealtimeServer = {
    url: '',
    knocks: knocks.all,
    welcome: 'open',
    greeting: [],
    knock: knocks.next,
    guest: guests.next,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => http.close(resolve));
      for (const stream of streams) stream.destroy();
      http.closeAllConnections();
      await closed;
    },
  };
  const streams = new Set<Duplex>();
  http.on('upgrade', (request, stream, head) => {
    streams.add(stream);
    const knock = {
      url: new URL(request.url ?? '', 'http://localhost'),
      headers: request.headers,
    };
    if (server.welcome === 'drop') stream.destroy();
    else if (server.welcome === 'open') {
      stream.cork();
      upgrades.handleUpgrade(request, stream, head, (socket) => {
        const send = (event: WallgentEvent) => socket.send(JSON.stringify(event));
        for (const event of server.greeting) send(event);
        guests.add({
          knock,
          socket,
          tell: (sequence, type, data) => send(eventOf(sequence, type, data)),
        });
      });
      stream.uncork();
    } else if (server.welcome !== 'silence') {
      const { status, body } = refusalOf(server.welcome);
      const start = `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json`;
      stream.end(`${start}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    }
    knocks.add(knock);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return server;
}

function refusalOf(welcome: Welcome): { status: number; body: string } {
  if (typeof welcome === 'object') {
    return { status: welcome.status, body: JSON.stringify(welcome.body ?? {}) };
  }
  // As the real server answers an authorized request that is no upgrade.
  const error = { code: 'VALIDATION_ERROR', message: 'must be websocket' };
  return { status: 400, body: JSON.stringify({ error }) };
}

/** An answer that refuses, in the API's envelope. */
export function refusing(status: number, code: string): Welcome {
  return { status, body: { error: { code, message: `refused with ${code}`, requestId: 'req_1' } } };
}

interface Queue<T> {
  all: T[];
  add: (item: T) => void;
  next: () => Promise<T>;
}

/** Items that are handed out in their order, also before they are there. */
function queue<T>(): Queue<T> {
  const all: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  let handedOut = 0;
  return {
    all,
    add(item) {
      all.push(item);
      const resolve = waiting.shift();
      if (!resolve) return;
      handedOut += 1;
      resolve(item);
    },
    next() {
      const item = all[handedOut];
      if (item === undefined) return new Promise((resolve) => waiting.push(resolve));
      handedOut += 1;
      return Promise.resolve(item);
    },
  };
}
