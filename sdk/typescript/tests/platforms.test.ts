// The package must load and work where there is no Node: in an edge runtime, a browser, Deno or Bun.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import type * as Sdk from '@wallgent/sdk';

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

test('no module of either build imports anything from outside the package', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  assert.ok(files.length > 20);
  for (const name of files) {
    const code = readFileSync(join(dist, name), 'utf8');
    for (const [, imported] of code.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      assert.match(imported ?? '', /^\.\.?\//, `${name} imports ${imported}`);
    }
  }
});
