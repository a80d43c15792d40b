// A server that misbehaves as told, for faults of the transport that a healthy server never shows.
import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the server does with a request. */
export type Behaviour = (received: Received, response: ServerResponse) => void | Promise<void>;

export interface FaultyServer extends AsyncDisposable {
  url: string;
  /** Every request so far, in order. */
  received: Received[];
}

/** Starts a server that treats its first request by the first behaviour and so on; the last one serves all the rest. */
export async function startFaultyServer(
  ...behaviours: [Behaviour, ...Behaviour[]]
): Promise<FaultyServer> {
  const received: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = incoming;
    const arrived = { method, path, headers, body: Buffer.concat(chunks).toString() };
    received.push(arrived);
    const behaviour = behaviours[Math.min(received.length, behaviours.length) - 1];
    await behaviour?.(arrived, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers with JSON. */
export function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Behaviour {
  return (_received, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  };
}

/** Answers with an error in the API's envelope. */
export function refuse(
  status: number,
  code: string,
  details?: Record<string, unknown>,
  headers?: Record<string, string>,
): Behaviour {
  const error = { code, message: `refused with ${code}`, details, requestId: 'req_from_body' };
  return answer(status, { error }, headers);
}

/** Answers with something that no Wallgent server says. */
export function page(
  status: number,
  html: string,
  headers: Record<string, string> = {},
): Behaviour {
  return (_received, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(html);
  };
}

/** Closes the connection without a word. */
export const drop: Behaviour = (_received, response) => {
  response.destroy();
};

/** Sends half an answer, then closes the connection. */
export const dropHalfway: Behaviour = (_received, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id":"wal_', () => response.destroy());
};

/** Never answers. */
export const silence: Behaviour = () => {};

/** Sends half an answer and then nothing more. */
export const silenceHalfway: Behaviour = (_received, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id":"wal_');
};

/** Passes the request to a real server and its answer back. */
export function forwardTo(url: string): Behaviour {
  return async (received, response) => {
    const { status, headers, body } = await exchange(url, received);
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Passes the request to a real server, waits until it has answered, and then closes the connection instead. */
export function forwardAndDrop(url: string): Behaviour {
  return async (received, response) => {
    await exchange(url, received);
    response.destroy();
  };
}

function exchange(
  url: string,
  received: Received,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { method, headers } = received;
    const outgoing = request(new URL(received.path, url), { method, headers }, async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
    });
    outgoing.on('error', reject);
    outgoing.end(received.body);
  });
}
