// What a receiver checks deliveries with: both kinds of signatures, against the platform's own cryptography and against the
// published verifier of Standard Webhooks. That real deliveries pass is in `webhook-deliveries.test.ts`.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { verifyWebhookSignature, WebhookVerificationError, Wallgent } from '@wallgent/sdk';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
const BODY = '{"type":"wallet.funded","data":{"amount":"50.00","note":"für Ömer 🐙"}}';

const { webhooks } = new Wallgent('wg_test_any');

const signatureOf = (body: string | Uint8Array, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

test('the body’s own signature is valid, whatever the body and the secret', () => {
  for (let length = 0; length < 300; length += 1) {
    const body = randomBytes(length);
    const secret = randomBytes(1 + (length % 150)).toString('base64');
    assert.equal(verifyWebhookSignature(body, signatureOf(body, secret), secret), true);
  }
  const large = randomBytes(1_000_000);
  assert.equal(verifyWebhookSignature(large, signatureOf(large), SECRET), true);
});

test('a body is taken as text, Buffer or bytes, also as a part of a larger buffer', () => {
  const signature = signatureOf(BODY);
  const larger = Buffer.from(`>>>${BODY}<<<`);
  const part = new Uint8Array(larger.buffer, larger.byteOffset + 3, larger.length - 6);
  for (const body of [BODY, Buffer.from(BODY), new TextEncoder().encode(BODY), part]) {
    assert.equal(verifyWebhookSignature(body, signature, SECRET), true);
  }
});

test('nothing but that is valid', () => {
  const signature = signatureOf(BODY);
  const [, hex = ''] = signature.split('=');
  assert.equal(verifyWebhookSignature(`${BODY} `, signature, SECRET), false);
  assert.equal(verifyWebhookSignature('', signature, SECRET), false);
  assert.equal(verifyWebhookSignature(BODY, signature, SECRET.slice(6)), false);
  assert.equal(verifyWebhookSignature(BODY, signature, `${SECRET} `), false);
  for (let at = 0; at < signature.length; at += 1) {
    const other = signature[at] === '0' ? '1' : '0';
    const wrong = signature.slice(0, at) + other + signature.slice(at + 1);
    assert.equal(verifyWebhookSignature(BODY, wrong, SECRET), false);
  }
  const wrong = [
    hex,
    `sha256=${hex.toUpperCase()}`,
    `SHA256=${hex}`,
    `sha1=${hex}`,
    `sha256:${hex}`,
    `sha256=${hex}0`,
    `sha256=${hex.slice(2)}`,
    `sha256=${Buffer.from(hex, 'hex').toString('base64')}`,
    `v1,${hex}`,
    'sha256=',
    '',
    ',',
  ];
  for (const given of wrong) {
    assert.equal(verifyWebhookSignature(BODY, given, SECRET), false, given);
  }
});

test('of several signatures one must be valid', () => {
  const [own, other] = [signatureOf(BODY), signatureOf(BODY, 'whsec_other')];
  for (const given of [`${own},${other}`, `${other}, ${own}`, [own], [other, own]]) {
    assert.equal(verifyWebhookSignature(BODY, given, SECRET), true);
  }
  assert.equal(verifyWebhookSignature(BODY, `${other},${other}`, SECRET), false);
  assert.equal(verifyWebhookSignature(BODY, [], SECRET), false);
});

test('an empty secret makes nothing valid, though anybody could sign with it', () => {
  assert.equal(verifyWebhookSignature(BODY, signatureOf(BODY, ''), ''), false);
});

test('it never throws, whatever it is given', () => {
  const verify = verifyWebhookSignature as (...words: unknown[]) => unknown;
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });
  const trap = new Proxy(
    {},
    {
      get() {
        throw new Error('trap');
      },
    },
  );
  const odd = [undefined, null, 0, 7n, NaN, true, {}, [], JSON.parse(BODY), Symbol('s'), () => 1];
  odd.push(trap, detached, new ArrayBuffer(4), new Date(), '\ud800', 'é\0');
  const signature = signatureOf(BODY);
  for (const one of odd) {
    assert.equal(verify(one, signature, SECRET), false);
    assert.equal(verify(BODY, one, SECRET), false);
    assert.equal(verify(BODY, signature, one), false);
    assert.equal(verify(BODY, [one], SECRET), false);
  }
  assert.equal(verify(), false);
});

test('what sign makes passes all verifiers, and unwrap reads it', () => {
  const headers = webhooks.sign(BODY, SECRET);
  assert.equal(verifyWebhookSignature(BODY, headers['wallgent-signature'], SECRET), true);
  assert.deepEqual(new StandardWebhook(SECRET).verify(BODY, headers), JSON.parse(BODY));
  for (const given of [headers, new Headers(headers), { ...headers, 'x-other': undefined }]) {
    assert.deepEqual(webhooks.unwrap(BODY, given, SECRET), JSON.parse(BODY));
    assert.deepEqual(webhooks.unwrap(Buffer.from(BODY), given, SECRET), JSON.parse(BODY));
  }
  const capitals = Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]);
  assert.deepEqual(
    webhooks.unwrap(BODY, Object.fromEntries(capitals) as Record<string, string[]>, SECRET),
    JSON.parse(BODY),
  );
  assert.notEqual(webhooks.sign(BODY, SECRET)['webhook-id'], headers['webhook-id']);
});

test('unwrap takes what the published signer of the standard signs', () => {
  const standard = new StandardWebhook(SECRET);
  const sent = new Date();
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(sent.getTime() / 1000)),
    'webhook-signature': standard.sign('msg_1', sent, BODY),
  };
  assert.deepEqual(webhooks.unwrap(BODY, headers, SECRET), JSON.parse(BODY));
  assert.deepEqual(
    webhooks.sign(BODY, SECRET, { id: 'msg_1', timestamp: sent })['webhook-signature'],
    headers['webhook-signature'],
  );
});

test('unwrap reproduces the example of the standard’s specification', () => {
  const body = '{"test": 2432232314}';
  const headers = webhooks.sign(body, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: new Date(1_614_265_330_000),
  });
  assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('unwrap refuses what was changed, belongs to another webhook or lacks a header', () => {
  const headers = webhooks.sign(BODY, SECRET);
  const refuses = (body: string, given: Record<string, string>, secret = SECRET) =>
    assert.throws(() => webhooks.unwrap(body, given, secret), WebhookVerificationError);
  refuses(`${BODY} `, headers);
  refuses(BODY, headers, `whsec_${randomBytes(32).toString('base64')}`);
  refuses(BODY, { ...headers, 'webhook-id': 'evt_other' });
  refuses(BODY, { ...headers, 'webhook-timestamp': `${Number(headers['webhook-timestamp']) + 1}` });
  const signature = headers['webhook-signature'];
  for (const other of [
    signature.slice(3),
    signature.replace('v1', 'v2'),
    signature.replace('v1,', 'v1a,'),
    `${signature.slice(0, -1)}A`,
    'v1,',
    ' ',
  ]) {
    refuses(BODY, { ...headers, 'webhook-signature': other });
  }
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
    const { [name]: _, ...rest } = headers;
    assert.throws(() => webhooks.unwrap(BODY, rest, SECRET), new RegExp(`${name} is missing`));
    refuses(BODY, { ...headers, [name]: '' });
  }
  refuses(BODY, {});
  const both = `v1,AAAA ${signature} v2,BBBB`;
  assert.ok(webhooks.unwrap(BODY, { ...headers, 'webhook-signature': both }, SECRET));
});

test('unwrap refuses what is older or newer than five minutes, or than it is told', () => {
  const sentAt = (seconds: number) =>
    webhooks.sign(BODY, SECRET, { timestamp: new Date(Date.now() + seconds * 1000) });
  for (const seconds of [-290, 290]) assert.ok(webhooks.unwrap(BODY, sentAt(seconds), SECRET));
  assert.throws(() => webhooks.unwrap(BODY, sentAt(-310), SECRET), /31\d seconds old/);
  assert.throws(() => webhooks.unwrap(BODY, sentAt(310), SECRET), /3\d\d seconds in the future/);
  const day = { tolerance: 86_400 };
  assert.ok(webhooks.unwrap(BODY, sentAt(-86_000), SECRET, day));
  assert.throws(
    () => webhooks.unwrap(BODY, sentAt(-90), SECRET, { tolerance: 60 }),
    WebhookVerificationError,
  );
  for (const tolerance of [-1, NaN, '60' as unknown as number]) {
    assert.throws(() => webhooks.unwrap(BODY, sentAt(0), SECRET, { tolerance }), TypeError);
  }
});

test('a time that is none is neither signed nor believed', () => {
  const key = Buffer.from(SECRET.slice(6), 'base64');
  for (const timestamp of ['soon', 'NaN', '-1', '1e9', '1700000000.5', '2026-01-31T09:00:00Z']) {
    const digest = createHmac('sha256', key).update(`evt_1.${timestamp}.${BODY}`).digest('base64');
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${digest}`,
    };
    assert.throws(() => webhooks.unwrap(BODY, headers, SECRET), /webhook-timestamp is no time/);
  }
  assert.throws(() => webhooks.sign(BODY, SECRET, { timestamp: new Date(NaN) }), TypeError);
});

test('mistakes of the receiver’s own are told apart, and never repeat the secret', () => {
  const headers = webhooks.sign(BODY, SECRET);
  const parsed = JSON.parse(BODY) as string;
  assert.throws(
    () => webhooks.unwrap(parsed, headers, SECRET),
    (error) => error instanceof TypeError && /raw body/.test(error.message),
  );
  const wrong = ['', 'whsec_', SECRET.slice(6), 'whsec_*secret*', undefined as unknown as string];
  for (const secret of wrong) {
    for (const attempt of [
      () => webhooks.unwrap(BODY, headers, secret),
      () => webhooks.sign(BODY, secret),
    ]) {
      assert.throws(
        attempt,
        (error) => error instanceof TypeError && !inspect(error).includes('*secret*'),
      );
    }
  }
});

test('a signed body that is no JSON is refused', () => {
  for (const body of ['', 'hello', '{"type":', Buffer.from([0x22, 0xff, 0x22])]) {
    const headers = webhooks.sign(body, SECRET);
    assert.throws(() => webhooks.unwrap(body, headers, SECRET), /not JSON/);
  }
});
