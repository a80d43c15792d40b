// Stands between a client and a server, and is where connections break.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Proxy extends AsyncDisposable {
  /** Where clients connect to. */
  url: string;
  /** How many connections were made so far. */
  readonly connections: number;
  /** Where new connections go from now on. */
  forwardTo(url: string): void;
  /** Breaks every connection there is, without a goodbye; answers how many those were. */
  cut(): number;
}

/** Starts a proxy in front of a server. */
export async function startProxy(url: string): Promise<Proxy> {
  let target = new URL(url);
  let connections = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    connections += 1;
    const far = connect(Number(target.port), target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    forwardTo(next) {
      target = new URL(next);
    },
    cut() {
      const broken = [...pairs];
      for (const [near, far] of broken) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
      return broken.length;
    },
    async [Symbol.asyncDispose]() {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
