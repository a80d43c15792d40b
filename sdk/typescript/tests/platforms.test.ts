// The package must load and work where there is no Node: in an edge runtime, a browser, Deno or Bun.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import type * as Sdk from '@wallgent/sdk';
import { build, type Platform } from 'esbuild';
import { eventOf, startRealtimeServer } from './support/realtime-server.ts';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** What every such platform has; nothing of Node's. */
const WEB_GLOBALS = {
  AbortController,
  atob,
  btoa,
  clearTimeout,
  crypto,
  Headers,
  Response,
  setTimeout,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
};

type CommonJsModule = (module: object, exports: object, require: (name: string) => unknown) => void;

/** Loads the CommonJS build into a world with nothing but the given globals. */
function loadInto(globals: Record<string, unknown>): typeof Sdk {
  const context = createContext({ ...globals });
  const loaded = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const require = (name: string): unknown => {
      assert.match(name, /^\.\.?\//, `${path} needs ${name}, which only exists in Node`);
      return load(resolve(dirname(path), name));
    };
    const wrapped = `(function (module, exports, require) {${readFileSync(path, 'utf8')}\n})`;
    const evaluate = runInContext(wrapped, context, { filename: path }) as CommonJsModule;
    evaluate(module, module.exports, require);
    return module.exports;
  };
  return load(join(dist, 'cjs/index.js')) as typeof Sdk;
}

test('it works with nothing but what the web platform has', async () => {
  const requests: { url: string; init: RequestInit | undefined }[] = [];
  const fetch = async (url: string, init?: RequestInit) => {
    requests.push({ url, init });
    return new Response(JSON.stringify({ id: 'txn_1' }));
  };
  const { Wallgent } = loadInto({ ...WEB_GLOBALS, fetch });
  assert.throws(() => new Wallgent(), /API key is needed/);
  const wg = new Wallgent('wg_test_any');
  const payment = await wg.payments.send({ from: 'wal_a', to: 'wal_b', amount: '1.00' });
  assert.equal(payment.id, 'txn_1');
  const headers = new Headers(requests[0]?.init?.headers);
  assert.equal(requests[0]?.url, 'http://localhost:3000/v1/payments');
  assert.match(headers.get('idempotency-key') ?? '', /^sdk_[0-9a-f]{32}$/);
});

test('deliveries are checked there too, at once', () => {
  const { verifyWebhookSignature, Wallgent } = loadInto(WEB_GLOBALS);
  const { webhooks } = new Wallgent('wg_test_any');
  const secret = `whsec_${btoa('thirty-two bytes of randomness..')}`;
  const body = '{"type":"wallet.funded"}';
  const headers = webhooks.sign(body, secret);
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  assert.equal(headers['wallgent-signature'], `sha256=${digest}`);
  // Bytes and headers of another world than the SDK's own, as test runners have them.
  for (const given of [body, Buffer.from(body), new TextEncoder().encode(body)]) {
    assert.equal(verifyWebhookSignature(given, headers['wallgent-signature'], secret), true);
    assert.equal(webhooks.unwrap(given, new Headers(headers), secret).type, 'wallet.funded');
  }
  assert.equal(verifyWebhookSignature('{}', headers['wallgent-signature'], secret), false);
  assert.throws(() => webhooks.unwrap('{}', headers, secret), /No signature fits/);
});

test('in a page it does not pretend to be another user agent', async () => {
  const sent: Headers[] = [];
  const fetch = async (_url: string, init?: RequestInit) => {
    sent.push(new Headers(init?.headers));
    return new Response('{}');
  };
  const { Wallgent } = loadInto({ ...WEB_GLOBALS, fetch, window: { document: {} } });
  await new Wallgent('wg_test_any').organizations.me();
  assert.equal(sent[0]?.get('user-agent'), null);
});

test('it reads the environment of Deno, and takes a refusal there as not set', () => {
  const env = { get: (name: string) => (name === 'WALLGENT_API_KEY' ? 'wg_live_deno' : undefined) };
  assert.equal(
    new (loadInto({ ...WEB_GLOBALS, Deno: { env } }).Wallgent)().environment,
    'PRODUCTION',
  );
  const denied = {
    get: () => {
      throw new Error('NotCapable');
    },
  };
  const { Wallgent } = loadInto({ ...WEB_GLOBALS, Deno: { env: denied } });
  assert.throws(() => new Wallgent(), /API key is needed/);
});

/** A WebSocket as the web platform has it, and nothing more: what is no address or protocol it refuses. */
class WebSocketOfTheWeb extends EventTarget {
  static readonly made: WebSocketOfTheWeb[] = [];
  readonly url: URL;

  constructor(url: string, protocols?: unknown) {
    super();
    if (protocols !== undefined) throw new SyntaxError('The protocol is invalid');
    this.url = new URL(url);
    WebSocketOfTheWeb.made.push(this);
  }

  happen(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }

  close(): void {
    this.happen('close', { code: 1000, reason: '' });
  }
}

for (const [where, globals] of [
  ['a page', { window: { document: {} } }],
  ['an edge runtime', {}],
  ['Deno', { Deno: {}, process: { versions: { node: '22' } } }],
] as const) {
  test(`in ${where} events come over the platform’s WebSocket, the key in the address`, async () => {
    const { WallgentRealtime } = loadInto({
      ...WEB_GLOBALS,
      ...globals,
      WebSocket: WebSocketOfTheWeb,
    });
    const realtime = new WallgentRealtime('wg_test_any', 'https://api.example/v1', { after: 6 });
    const connected = realtime.connect();
    await new Promise(setImmediate);
    const socket = WebSocketOfTheWeb.made.at(-1);
    assert.equal(socket?.url.href, 'wss://api.example/v1/realtime?after=6&apiKey=wg_test_any');
    socket.happen('open');
    await connected;
    const told = new Promise((resolve) => realtime.on('wallet.funded', resolve));
    socket.happen('message', { data: JSON.stringify(eventOf(7, 'wallet.funded', { amount: 1 })) });
    assert.deepEqual({ ...((await told) as object) }, { amount: 1 });
    realtime.disconnect();
  });
}

test('there, too, it tells why a handshake failed', async () => {
  const error = { code: 'UNAUTHORIZED', message: 'no' };
  const sent: string[] = [];
  const fetch = async (url: string) => {
    sent.push(url);
    return new Response(JSON.stringify({ error }), { status: 401 });
  };
  const sdk = loadInto({ ...WEB_GLOBALS, fetch, WebSocket: WebSocketOfTheWeb });
  const connected = new sdk.WallgentRealtime('wg_test_any', 'http://localhost:3000').connect();
  await new Promise(setImmediate);
  WebSocketOfTheWeb.made.at(-1)?.happen('close', { code: 1006, reason: '' });
  await assert.rejects(connected, sdk.UnauthorizedError);
  // The key is not in this address.
  assert.deepEqual(sent, ['http://localhost:3000/v1/realtime']);
});

test('where there is no WebSocket at all, connecting says so', async () => {
  const { WallgentRealtime, WallgentConnectionError } = loadInto(WEB_GLOBALS);
  const connected = new WallgentRealtime('wg_test_any', 'http://localhost:3000').connect();
  await assert.rejects(connected, WallgentConnectionError);
});

test('as CommonJS it connects in Node', async () => {
  await using server = await startRealtimeServer();
  server.greeting = [eventOf(1, 'wallet.created')];
  const { WallgentRealtime } = createRequire(import.meta.url)('@wallgent/sdk') as typeof Sdk;
  const realtime = new WallgentRealtime('wg_test_any', server.url);
  await realtime.connect();
  await new Promise((resolve) => realtime.on('wallet.created', resolve));
  realtime.disconnect();
});

test('a bundler for browsers leaves the WebSocket for Node out, one for Node takes it', async () => {
  const bundled = async (platform: Platform) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: `export * from '@wallgent/sdk'`, resolveDir: dist },
      platform,
      bundle: true,
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'error',
    });
    const sizes = Object.entries(metafile.inputs)
      .filter(([path]) => path.includes('node_modules/ws/'))
      .map(([, { bytes }]) => bytes);
    return {
      code: outputFiles[0]?.text ?? '',
      wsBytes: sizes.reduce((sum, size) => sum + size, 0),
    };
  };
  const browser = await bundled('browser');
  assert.equal(browser.wsBytes, 0);
  assert.doesNotMatch(browser.code, /node:|require\("(?!ws)/);
  assert.ok((await bundled('node')).wsBytes > 10_000);
});

/** The one module that needs something the platform may lack, and asks for it only then. */
const WS_MODULE = /^(?:esm|cjs)\/realtime\/ws-socket\.js$/;

test('no other module of either build imports anything from outside the package', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  assert.ok(files.length > 20);
  for (const name of files) {
    const code = readFileSync(join(dist, name), 'utf8');
    for (const [, imported] of code.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      if (imported === 'ws' && WS_MODULE.test(name)) continue;
      assert.match(imported ?? '', /^\.\.?\//, `${name} imports ${imported}`);
    }
  }
});
