// The realtime client against a server that does as told. `realtime-server.test.ts` has the real one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import { inspect } from 'node:util';
import {
  ApiKeyRevokedError,
  type EventOf,
  UnauthorizedError,
  WallgentConnectionError,
  WallgentError,
  type WallgentEvent,
  WallgentRealtime,
  WallgentTimeoutError,
} from '@wallgent/sdk';
import { reconnectDelayMs } from '../src/realtime/back-off.ts';
import {
  eventOf,
  type RealtimeServer,
  refusing,
  startRealtimeServer,
} from './support/realtime-server.ts';
import { refusal } from './support/refusal.ts';

const KEY = 'wg_test_realtime';
/** Node's own shows no pings. */
const showsPings = !('WebSocket' in globalThis);

/** A client that is connected, and the server's end of it. */
async function connected(server: RealtimeServer, options?: { after?: number }) {
  const realtime = new WallgentRealtime(KEY, server.url, options);
  const [guest] = await Promise.all([server.guest(), realtime.connect()]);
  return { realtime, guest };
}

/** What comes to handlers of everything, one by one. */
function arrivals(realtime: WallgentRealtime) {
  const events: WallgentEvent[] = [];
  const waiting: (() => void)[] = [];
  realtime.on('*', (_data, event) => {
    events.push(event);
    for (const look of waiting.splice(0)) look();
  });
  const until = async (count: number) => {
    while (events.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return events.map(({ sequence }) => sequence);
  };
  return { events, until };
}

/** The next thing that an error handler is told. */
const nextError = (realtime: WallgentRealtime) =>
  new Promise<{ error: Error; event: WallgentEvent | undefined }>((resolve) => {
    realtime.on('error', (error, event) => resolve({ error, event }));
  });

test('it connects with the key in a header, and nothing of it in the address', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const { url, headers } = guest.knock;
  assert.equal(url.pathname + url.search, '/v1/realtime');
  assert.equal(headers.authorization, `Bearer ${KEY}`);
  assert.equal(headers['wallgent-version'], '2026-03-01');
  assert.ok(!inspect(realtime, { depth: 9, showHidden: true }).includes(KEY));
  realtime.disconnect();
});

test('handlers get the data of their events, and the whole event beside it', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const funded: [string, EventOf<'wallet.funded'>][] = [];
  const unsubscribe = realtime.on('wallet.funded', (data, event) =>
    funded.push([data.amount, event]),
  );
  const everything: [string, object][] = [];
  realtime.on('*', (data) => everything.push([data._event, data]));
  const { until } = arrivals(realtime);
  guest.tell(1, 'wallet.funded', { amount: '25.00' });
  guest.tell(2, 'policy.denied', { reason: 'Too much' });
  await until(2);
  assert.deepEqual(funded, [['25.00', eventOf(1, 'wallet.funded', { amount: '25.00' })]]);
  assert.deepEqual(everything, [
    ['wallet.funded', { amount: '25.00', _event: 'wallet.funded' }],
    ['policy.denied', { reason: 'Too much', _event: 'policy.denied' }],
  ]);
  unsubscribe();
  guest.tell(3, 'wallet.funded', { amount: '1.00' });
  await until(3);
  assert.equal(funded.length, 1);
  assert.equal(realtime.sequence, 3);
  realtime.disconnect();
});

test('the compiler knows the events and what they hold', () => {
  const realtime = new WallgentRealtime(KEY);
  realtime.on('payment.completed', (data, event): [string, number, 'payment.completed'] => [
    data.transactionId,
    event.sequence,
    event.type,
  ]);
  realtime.on('transfer.failed', (data): string | null => data.failureReason);
  realtime.on('invoice.paid', (data): string => data.total);
  realtime.on('*', (data) => (data._event === 'wallet.funded' ? data.newBalance : data._event));
  realtime.on('error', (error, event): [Error, WallgentEvent | undefined] => [error, event]);
  // @ts-expect-error -- misspelt
  realtime.on('payment.complete', () => undefined);
  // @ts-expect-error -- of another event
  realtime.on('wallet.funded', (data): unknown => data.transactionHash);
});

test('each registration is one of its own, and one handler can end another', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  let calls = 0;
  const count = () => (calls += 1);
  const first = realtime.on('wallet.created', count);
  realtime.on('wallet.created', count);
  const { until } = arrivals(realtime);
  guest.tell(1, 'wallet.created');
  await until(1);
  assert.equal(calls, 2);
  first();
  first();
  guest.tell(2, 'wallet.created');
  await until(2);
  assert.equal(calls, 3);

  realtime.on('wallet.updated', () => last());
  const last = realtime.on('wallet.updated', count);
  guest.tell(3, 'wallet.updated');
  await until(3);
  assert.equal(calls, 3);
  assert.throws(() => realtime.on('wallet.created', undefined as never), TypeError);
  realtime.disconnect();
});

test('a handler that fails stops neither the others nor the stream, and is told as an error', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const failures: [string, string | undefined][] = [];
  realtime.on('error', (error, event) => failures.push([error.message, event?.id]));
  realtime.on('wallet.created', () => {
    throw new Error('at once');
  });
  realtime.on('wallet.created', async () => {
    throw new Error('later');
  });
  realtime.on('wallet.created', () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- some do
    throw 'a word';
  });
  const { until } = arrivals(realtime);
  guest.tell(1, 'wallet.created');
  guest.tell(2, 'wallet.funded');
  assert.deepEqual(await until(2), [1, 2]);
  assert.deepEqual(failures.sort(), [
    ['a word', 'evt_1'],
    ['at once', 'evt_1'],
    ['later', 'evt_1'],
  ]);
  realtime.disconnect();
});

test('an error that nobody handles is written to the console', async (context) => {
  const { mock: print } = context.mock.method(console, 'error', () => undefined);
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  realtime.on('wallet.created', () => {
    throw new Error('unexpected');
  });
  const { until } = arrivals(realtime);
  guest.tell(1, 'wallet.created');
  await until(1);
  const [what, error] = print.calls[0]?.arguments as [string, Error];
  assert.equal(what, 'wallgent: a handler of wallet.created failed:');
  assert.equal(error.message, 'unexpected');
  realtime.disconnect();
});

test('what arrives with the handshake waits for those who awaited the connection', async () => {
  await using server = await startRealtimeServer();
  server.greeting = [eventOf(8, 'wallet.created'), eventOf(9, 'wallet.funded')];
  const realtime = new WallgentRealtime(KEY, server.url, { after: 7 });
  await realtime.connect();
  const { until } = arrivals(realtime);
  assert.deepEqual(await until(2), [8, 9]);
  assert.equal((await server.guest()).knock.url.searchParams.get('after'), '7');
  realtime.disconnect();
});

test('a connection that is lost is made again behind the last event, whatever it was lost of', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest: first } = await connected(server);
  const { until } = arrivals(realtime);
  const endings = [1000, 1001, 1011, 1012, 4008, 4999, 'cut'] as const;
  let guest = first;
  for (const [index, ending] of endings.entries()) {
    guest.tell(index + 1, 'wallet.created');
    await until(index + 1);
    if (ending === 'cut') guest.socket.terminate();
    else guest.socket.close(ending);
    guest = await server.guest();
    assert.equal(guest.knock.url.searchParams.get('after'), String(index + 1), String(ending));
  }
  realtime.disconnect();
});

test('an event that is told again is not told again', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const { until } = arrivals(realtime);
  guest.tell(4, 'wallet.created');
  guest.tell(5, 'wallet.created');
  await until(2);
  guest.socket.close(1012);
  const again = await server.guest();
  for (const sequence of [4, 5, 6]) again.tell(sequence, 'wallet.created');
  assert.deepEqual(await until(3), [4, 5, 6]);
  realtime.disconnect();
});

test('pings move the point to begin behind', { skip: !showsPings }, async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const { until } = arrivals(realtime);
  guest.socket.ping('41');
  guest.socket.ping('not a sequence');
  guest.tell(42, 'wallet.created');
  await until(1);
  guest.socket.ping('50');
  await once(guest.socket, 'pong');
  guest.socket.terminate();
  assert.equal((await server.guest()).knock.url.searchParams.get('after'), '50');
  realtime.disconnect();
});

test('a connection on which nothing is heard is given up', { skip: !showsPings }, async () => {
  await using server = await startRealtimeServer();
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { realtime, guest } = await connected(server, { after: 3 });
    mock.timers.tick(50_000);
    guest.socket.ping('3');
    await once(guest.socket, 'pong');
    mock.timers.tick(70_000);
    assert.equal(guest.socket.readyState, guest.socket.OPEN);
    mock.timers.tick(5_000);
    await once(guest.socket, 'close');
    // One turn, in which the client sees that too.
    await new Promise(setImmediate);
    mock.timers.tick(500);
    assert.equal((await server.guest()).knock.url.searchParams.get('after'), '3');
    realtime.disconnect();
  } finally {
    mock.timers.reset();
  }
});

test('what is no event is left out', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const { until } = arrivals(realtime);
  for (const noise of ['', 'null', '[]', '"x"', '{"sequence":1}', '{"type":"wallet.created"}', '{'])
    guest.socket.send(noise);
  guest.socket.send(Buffer.from('{}'));
  guest.tell(1, 'wallet.created');
  assert.deepEqual(await until(1), [1]);
  realtime.disconnect();
});

test('a revoked key ends the stream, which is told once and not tried again', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const told = nextError(realtime);
  guest.socket.close(4001, 'the key was revoked or has expired');
  const { error, event } = await told;
  assert.ok(error instanceof ApiKeyRevokedError);
  assert.deepEqual([error.code, error.statusCode, event], ['API_KEY_REVOKED', 401, undefined]);
  assert.equal(server.knocks.length, 1);
  // It can be asked to try again.
  server.welcome = refusing(401, 'API_KEY_REVOKED');
  await refusal(ApiKeyRevokedError, realtime.connect());
});

test('a refusal ends the stream when connecting again, too', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const told = nextError(realtime);
  server.welcome = refusing(403, 'PERMISSION_DENIED');
  guest.socket.terminate();
  const { error } = await told;
  assert.ok(error instanceof WallgentError);
  assert.deepEqual([error.code, error.statusCode], ['PERMISSION_DENIED', 403]);
});

test('what passes is tried again', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  await server.knock();
  server.welcome = refusing(503, 'SERVICE_UNAVAILABLE');
  guest.socket.terminate();
  await server.knock();
  server.welcome = 'drop';
  await server.knock();
  server.welcome = { status: 404 };
  await server.knock();
  server.welcome = 'open';
  await Promise.all([realtime.connect(), server.guest()]);
  realtime.disconnect();
});

test('a first connection that fails is told by the class of its error', async () => {
  await using server = await startRealtimeServer();
  const realtime = new WallgentRealtime(KEY, server.url);
  server.welcome = refusing(401, 'UNAUTHORIZED');
  const unauthorized = await refusal(UnauthorizedError, realtime.connect());
  assert.deepEqual([unauthorized.statusCode, unauthorized.requestId], [401, 'req_1']);
  server.welcome = refusing(401, 'API_KEY_REVOKED');
  await refusal(ApiKeyRevokedError, realtime.connect());
  server.welcome = refusing(403, 'PERMISSION_DENIED');
  assert.equal((await refusal(WallgentError, realtime.connect())).code, 'PERMISSION_DENIED');
  server.welcome = 'drop';
  await refusal(WallgentConnectionError, realtime.connect());
  const attempts = server.knocks.length;
  server.welcome = 'open';
  await realtime.connect();
  assert.equal(server.knocks.length, attempts + 1);
  realtime.disconnect();

  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const nobody = new WallgentRealtime(KEY, `http://127.0.0.1:${port}`);
  const error = await refusal(WallgentConnectionError, nobody.connect());
  assert.match(error.message, /ECONNREFUSED/);
  assert.equal((error.cause as { code?: string }).code, 'ECONNREFUSED');
});

test('a server that never answers is given up after the time limit', async () => {
  await using server = await startRealtimeServer();
  server.welcome = 'silence';
  const realtime = new WallgentRealtime(KEY, server.url, { timeout: 50 });
  const error = await refusal(WallgentTimeoutError, realtime.connect());
  assert.equal(error.timeout, 50);
  assert.throws(() => new WallgentRealtime(KEY, server.url, { timeout: 0 }), TypeError);
});

test('ten attempts in a row are the last', async () => {
  await using server = await startRealtimeServer();
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { realtime, guest } = await connected(server);
    const told = nextError(realtime);
    await server.knock();
    server.welcome = 'drop';
    guest.socket.terminate();
    let isOver = false;
    void told.then(() => (isOver = true));
    // Nothing but the pauses depends on the clock that stands still.
    while (!isOver) {
      await new Promise(setImmediate);
      mock.timers.tick(1_000);
    }
    const { error } = await told;
    assert.ok(error instanceof WallgentConnectionError);
    assert.equal(error.attempts, 10);
    assert.match(error.message, /^No connection in 10 attempts; the last one: /);
    assert.equal(server.knocks.length, 11);
    realtime.disconnect();
  } finally {
    mock.timers.reset();
  }
});

test('the pauses grow to half a minute, and no two clients have the same', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => reconnectDelayMs(failures, 1));
  assert.deepEqual(longest, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
  assert.equal(reconnectDelayMs(0, 0), 250);
  assert.equal(reconnectDelayMs(9, 0), 15000);
});

test('to disconnect ends everything, and nobody is told of it', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  const { events, until } = arrivals(realtime);
  realtime.on('error', (error) => assert.fail(error));
  guest.tell(1, 'wallet.created');
  await until(1);
  realtime.on('wallet.funded', () => realtime.disconnect());
  const closed = once(guest.socket, 'close') as Promise<[number]>;
  guest.tell(2, 'wallet.funded');
  guest.tell(3, 'wallet.created');
  const [code] = await closed;
  assert.equal(code, 1000);
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    [1],
  );
  realtime.disconnect();

  // Handlers are gone, and the place is kept.
  await realtime.connect();
  const again = await server.guest();
  assert.equal(again.knock.url.searchParams.get('after'), '2');
  const later = arrivals(realtime);
  again.tell(3, 'wallet.created');
  assert.deepEqual(await later.until(1), [3]);
  assert.equal(events.length, 1);
  realtime.disconnect();
});

test('to disconnect ends a pause and a handshake', async () => {
  await using server = await startRealtimeServer();
  const { realtime, guest } = await connected(server);
  await server.knock();
  server.welcome = 'silence';
  const waiting = server.knock();
  guest.socket.terminate();
  await waiting;
  const again = refusal(WallgentConnectionError, realtime.connect());
  realtime.disconnect();
  assert.match((await again).message, /^Disconnected/);

  const first = new WallgentRealtime(KEY, server.url);
  const connecting = refusal(WallgentConnectionError, first.connect());
  first.disconnect();
  await connecting;
  const late = new WallgentRealtime(KEY, server.url);
  const knocked = server.knock();
  const unfinished = refusal(WallgentConnectionError, late.connect());
  await knocked;
  late.disconnect();
  await unfinished;
  assert.equal(server.knocks.length, 3);
});

test('however often it is asked to connect, it connects once', async () => {
  await using server = await startRealtimeServer();
  const realtime = new WallgentRealtime(KEY, server.url);
  await Promise.all([realtime.connect(), realtime.connect()]);
  await realtime.connect();
  assert.equal(server.knocks.length, 1);
  const guest = await server.guest();
  guest.socket.terminate();
  await server.guest();
  await realtime.connect();
  assert.equal(server.knocks.length, 2);
  realtime.disconnect();
});

test('it says what cannot be right at once, without the key', () => {
  for (const after of [-1, 1.5, NaN, '7' as never]) {
    assert.throws(() => new WallgentRealtime(KEY, undefined, { after }), /after must be/);
  }
  assert.throws(() => new WallgentRealtime('sk_other', 'http://localhost'), TypeError);
  assert.throws(() => new WallgentRealtime(KEY, 'localhost:3000'), TypeError);
  assert.equal(new WallgentRealtime(KEY).sequence, undefined);
});

test('a logger is told of connections, never of the key', async () => {
  await using server = await startRealtimeServer();
  const lines: string[] = [];
  const note = (message: string, context?: object) => {
    lines.push(`${message} ${JSON.stringify(context)}`);
    throw new Error('a logger that fails');
  };
  const logger = { debug: note, warn: note };
  const realtime = new WallgentRealtime(KEY, server.url, { logger });
  await realtime.connect();
  (await server.guest()).socket.close(1012, 'restarting');
  await server.guest();
  await realtime.connect();
  assert.match(lines.join('\n'), /connected .*\n.*again .*code 1012: restarting.*\n.*connected/);
  assert.ok(!lines.join().includes(KEY));
  realtime.disconnect();
});
