// A receiver of webhooks: a real HTTP server that keeps what arrives until a test asks for it.
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WallgentEvent } from '@wallgent/sdk';

/** A delivery as it arrived. */
export interface Delivery {
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body, parsed without any check. */
  event: WallgentEvent;
}

export interface Receiver extends AsyncDisposable {
  url: string;
  /** Every delivery so far, in the order they arrived. */
  deliveries: Delivery[];
  /** The first delivery that fits, also one that arrived before. Fails when none comes in time. */
  next(fits: (delivery: Delivery) => boolean): Promise<Delivery>;
}

/** How a receiver answers. */
export type Reply = (delivery: Delivery) => {
  status: number;
  headers?: Record<string, string>;
  body?: string;
};

/** Tens of milliseconds are usual; a machine that is compiling at the same time needs some of this. */
const DEADLINE_MS = 20_000;

const accept: Reply = () => ({ status: 200, body: 'OK' });

/** Starts a receiver that answers as told; 200 unless told otherwise. */
export async function startReceiver(reply: Reply = accept): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const waiting = new Set<() => void>();
  const server = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const event = JSON.parse(body.toString()) as WallgentEvent;
    const delivery = { headers: request.headers, body, event };
    const { status, headers, body: text } = reply(delivery);
    response.writeHead(status, headers).end(text);
    deliveries.push(delivery);
    for (const look of waiting) look();
  });
  const next = (fits: (delivery: Delivery) => boolean) =>
    new Promise<Delivery>((resolve, reject) => {
      const look = () => {
        const found = deliveries.find(fits);
        if (!found) return;
        waiting.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        const arrived = deliveries.map(({ event }) => event.type).join(', ') || 'nothing';
        reject(new Error(`What was awaited did not arrive in ${DEADLINE_MS} ms, but ${arrived}`));
      }, DEADLINE_MS);
      waiting.add(look);
      look();
    });
  return { ...server, deliveries, next };
}

/** Serves on a free port of this machine until it is disposed of. */
export async function listen(
  listener: RequestListener,
): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
