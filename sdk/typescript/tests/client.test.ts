import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, test } from 'node:test';
import { inspect } from 'node:util';
import * as esm from '@wallgent/sdk';
import DefaultWallgent, { type Logger, Wallgent, WallgentConnectionError } from '@wallgent/sdk';
import { answer, drop, startFaultyServer } from './support/faulty-server.ts';
import { refusal } from './support/refusal.ts';

const KEY = 'wg_test_0123456789abcdef';
const WALLET = { id: 'wal_1', name: 'A' };

afterEach(() => {
  delete process.env.WALLGENT_API_KEY;
  delete process.env.WALLGENT_BASE_URL;
  Reflect.deleteProperty(globalThis, 'window');
  Reflect.deleteProperty(globalThis, 'importScripts');
});

test('both forms of the constructor make the same client', () => {
  const first = new Wallgent(KEY, { baseUrl: 'http://example.test:4000' });
  const second = new Wallgent({ apiKey: KEY, baseUrl: 'http://example.test:4000' });
  assert.equal(first.baseUrl, 'http://example.test:4000');
  assert.equal(second.baseUrl, first.baseUrl);
  assert.equal(second.environment, first.environment);
});

test('the class is the default export and a named one, as ES module and as CommonJS', () => {
  const cjs = createRequire(import.meta.url)('@wallgent/sdk') as typeof esm;
  assert.equal(DefaultWallgent, Wallgent);
  assert.equal(cjs.default, cjs.Wallgent);
  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
  assert.equal(new cjs.Wallgent(KEY).environment, 'SANDBOX');
});

test('the environment comes from the prefix of the key', () => {
  assert.equal(new Wallgent('wg_live_your_key_here').environment, 'PRODUCTION');
  assert.equal(new Wallgent('wg_test_your_key_here').environment, 'SANDBOX');
});

test('a key that cannot be one throws at construction, without repeating it', () => {
  for (const key of [
    'sk_live_secret',
    'wg_prod_secret',
    'secret',
    'wg_test_sec ret',
    'wg_test_secret\r\nX: 1',
    'wg_test_secrét',
  ]) {
    assert.throws(
      () => new Wallgent(key),
      (error) => error instanceof TypeError && !/secr/.test(inspect(error)),
      key,
    );
  }
  assert.throws(() => new Wallgent(''), /API key is needed/);
  assert.throws(() => new Wallgent({ apiKey: undefined }), /API key is needed/);
});

test('key and address are read from the environment when they are not given', () => {
  process.env.WALLGENT_API_KEY = `${KEY}\n`;
  process.env.WALLGENT_BASE_URL = 'http://from.environment.test';
  assert.equal(new Wallgent().baseUrl, 'http://from.environment.test');
  assert.equal(new Wallgent({}).environment, 'SANDBOX');
  assert.equal(
    new Wallgent('wg_live_given', { baseUrl: 'http://given.test' }).environment,
    'PRODUCTION',
  );
  assert.equal(
    new Wallgent('wg_live_given', { baseUrl: 'http://given.test' }).baseUrl,
    'http://given.test',
  );
});

test('neither is read in a page or a worker of a browser', () => {
  process.env.WALLGENT_API_KEY = KEY;
  process.env.WALLGENT_BASE_URL = 'http://from.environment.test';
  Object.assign(globalThis, { window: { document: {} } });
  assert.throws(() => new Wallgent(), /API key is needed/);
  assert.equal(new Wallgent(KEY).baseUrl, 'http://localhost:3000');
  Reflect.deleteProperty(globalThis, 'window');
  assert.equal(new Wallgent().baseUrl, 'http://from.environment.test');
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const navigator = { value: { userAgent: 'Mozilla/5.0 (X11)' }, configurable: true };
  Object.defineProperties(globalThis, {
    importScripts: { value() {}, configurable: true },
    navigator,
  });
  try {
    assert.throws(() => new Wallgent(), /API key is needed/);
  } finally {
    Reflect.deleteProperty(globalThis, 'navigator');
    if (own) Object.defineProperty(globalThis, 'navigator', own);
  }
});

test('the address may end in /v1 or a slash, and may have a path before it', () => {
  const addresses = {
    'http://localhost:3000': 'http://localhost:3000',
    'http://localhost:3000/': 'http://localhost:3000',
    'http://localhost:3000/v1': 'http://localhost:3000',
    'http://localhost:3000/v1/': 'http://localhost:3000',
    'https://example.test/wallgent/v1': 'https://example.test/wallgent',
    'https://example.test/not-v1': 'https://example.test/not-v1',
  };
  for (const [given, expected] of Object.entries(addresses)) {
    assert.equal(new Wallgent(KEY, { baseUrl: given }).baseUrl, expected);
  }
  assert.equal(new Wallgent(KEY).baseUrl, 'http://localhost:3000');
});

test('options that cannot be right throw at construction', () => {
  const wrong = [
    { baseUrl: 'localhost' },
    { baseUrl: 'ftp://example.test' },
    { baseUrl: 'http://name:pass@example.test' },
    { baseUrl: 'http://example.test?x=1' },
    { timeout: 0 },
    { timeout: Number.NaN },
    { timeout: Number.POSITIVE_INFINITY },
    { maxRetries: -1 },
    { maxRetries: 1.5 },
  ];
  for (const options of wrong) {
    assert.throws(() => new Wallgent(KEY, options), TypeError, JSON.stringify(options));
  }
});

test('a request carries the key, the version of the API and the caller’s own headers', async () => {
  await using server = await startFaultyServer(answer(200, WALLET));
  const wg = new Wallgent(KEY, { baseUrl: `${server.url}/v1` });
  await wg.wallets.get('wal_1', { headers: { 'X-Request-Id': 'mine' } });
  const [received] = server.received;
  assert.equal(received?.path, '/v1/wallets/wal_1');
  assert.equal(received?.headers.authorization, `Bearer ${KEY}`);
  assert.equal(received?.headers['wallgent-version'], '2026-03-01');
  assert.equal(received?.headers['x-request-id'], 'mine');
  assert.equal(received?.headers['content-type'], undefined);
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  assert.equal(received?.headers['user-agent'], `wallgent-typescript/${version}`);
});

test('withResponse gives the answer, its headers and the request ID', async () => {
  await using server = await startFaultyServer(answer(200, WALLET, { 'x-request-id': 'req_1' }));
  const wg = new Wallgent(KEY, { baseUrl: server.url });
  const { data, headers, requestId, response } = await wg.wallets.get('wal_1').withResponse();
  assert.equal(data.id, 'wal_1');
  assert.equal(requestId, 'req_1');
  assert.equal(headers.get('content-type'), 'application/json');
  assert.equal(response.status, 200);
});

test('an ID that is empty or a path never reaches another address', async () => {
  await using server = await startFaultyServer(answer(200, WALLET));
  const wg = new Wallgent(KEY, { baseUrl: server.url });
  await refusal(TypeError, wg.wallets.get(''));
  await refusal(TypeError, wg.wallets.get('..'));
  await refusal(TypeError, wg.wallets.get(undefined as unknown as string));
  assert.equal(server.received.length, 0);
  await wg.wallets.get('../payments?x=1#y');
  assert.equal(server.received[0]?.path, '/v1/wallets/..%2Fpayments%3Fx%3D1%23y');
});

test('absent filters are left out of the query and dates are written in ISO 8601', async () => {
  await using server = await startFaultyServer(
    answer(200, { data: [], cursor: null, hasMore: false }),
  );
  const wg = new Wallgent(KEY, { baseUrl: server.url });
  const createdAfter = new Date('2026-01-31T09:00:00Z');
  await wg.payments.list({ walletId: undefined, cursor: null, limit: 5, createdAfter });
  assert.equal(
    server.received[0]?.path,
    '/v1/payments?limit=5&createdAfter=2026-01-31T09%3A00%3A00.000Z',
  );
});

test('a fetch of the caller’s is used instead of the platform’s', async () => {
  const urls: string[] = [];
  const fetch = async (url: string) => {
    urls.push(url);
    return new Response(JSON.stringify(WALLET), {
      headers: { 'content-type': 'application/json' },
    });
  };
  const wg = new Wallgent(KEY, { baseUrl: 'http://nowhere.test', fetch });
  assert.equal((await wg.wallets.get('wal_1')).id, 'wal_1');
  assert.deepEqual(urls, ['http://nowhere.test/v1/wallets/wal_1']);
});

test('the logger hears of requests and retries, never of secrets, bodies or queries', async () => {
  await using server = await startFaultyServer(
    drop,
    answer(200, { data: [], cursor: null, hasMore: false }),
  );
  const lines: string[] = [];
  const write = (message: string, context?: Record<string, unknown>) => {
    lines.push(`${message} ${JSON.stringify(context)}`);
  };
  const logger: Logger = { debug: write, warn: write };
  const wg = new Wallgent(KEY, { baseUrl: server.url, logger });
  await wg.payments.list({ idempotencyKey: 'private' }, { headers: { 'X-Private': 'private' } });
  const log = lines.join('\n');
  assert.match(log, /sending again .*"path":"\/v1\/payments"/);
  assert.match(log, /answer .*"status":200/);
  assert.doesNotMatch(log, /private/);
  assert.doesNotMatch(log, /0123456789abcdef/);
});

test('a logger that throws does not fail the call', async () => {
  await using server = await startFaultyServer(answer(200, WALLET));
  const fail = () => {
    throw new Error('disk full');
  };
  const wg = new Wallgent(KEY, { baseUrl: server.url, logger: { debug: fail, warn: fail } });
  assert.equal((await wg.wallets.get('wal_1')).id, 'wal_1');
});

test('console is a logger', () => {
  assert.ok(new Wallgent(KEY, { logger: console }));
});

test('nothing that can be printed shows the key', async () => {
  const fetch = async (_url: string, init?: RequestInit) => {
    const leaky = new Error(
      `could not send ${String(new Headers(init?.headers).get('authorization'))}`,
    );
    throw Object.assign(leaky, { request: init });
  };
  const wg = new Wallgent(KEY, { baseUrl: 'http://nowhere.test', fetch, maxRetries: 0 });
  const error = await refusal(WallgentConnectionError, wg.wallets.list());
  const badHeader = await refusal(
    TypeError,
    wg.wallets.list({}, { headers: { 'X-Token': `${KEY}\n\0` } }),
  );
  for (const value of [wg, wg.wallets, wg.wallets.list().catch(() => {}), error, badHeader]) {
    const printed =
      inspect(value, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(value);
    assert.doesNotMatch(printed, /0123456789abcdef/);
  }
  assert.match(error.message, /could not send Bearer \[key\]/);
});
