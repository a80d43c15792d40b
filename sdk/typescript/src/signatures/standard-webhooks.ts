// Signatures as https://www.standardwebhooks.com has them: over the message's ID and time as well as its body.
import { WebhookVerificationError } from '../errors/webhook-verification.js';
import type { WallgentEvent } from '../types/events.js';
import type {
  SignedWebhookHeaders,
  SignWebhookOptions,
  UnwrapWebhookOptions,
  WebhookHeaders,
} from '../types/webhooks.js';
import { hmacSha256 } from './sha256.js';
import { base64Of, bytesOf, bytesOfBase64, hexOf, isEqualInConstantTime } from './text.js';
import { wallgentSignature } from './wallgent-signature.js';

const SECRET_PREFIX = 'whsec_';
/** What the standard's own verifiers allow: clocks differ, and a delivery is on its way for a while. */
const DEFAULT_TOLERANCE_SECONDS = 300;

/** Checks a delivery and reads its event. Throws {@link WebhookVerificationError}, or a `TypeError` for a mistake of the caller's. */
export function unwrap(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string,
  options: UnwrapWebhookOptions = {},
): WallgentEvent {
  const bytes = readBody(body);
  const key = readSecret(secret);
  const toleranceSeconds = readTolerance(options.tolerance);
  const id = requireHeader(headers, 'webhook-id');
  const timestamp = requireHeader(headers, 'webhook-timestamp');
  const signatures = requireHeader(headers, 'webhook-signature').split(' ');
  const expected = standardSignature(key, id, timestamp, bytes);
  if (!signatures.some((given) => isEqualInConstantTime(given, expected))) {
    throw new WebhookVerificationError(
      'No signature fits: the secret is another webhook’s, or the body is not as it was sent',
    );
  }
  refuseUntimely(timestamp, toleranceSeconds);
  return readEvent(bytes);
}

/** Makes the headers of a delivery. */
export function sign(
  body: string | Uint8Array,
  secret: string,
  options: SignWebhookOptions = {},
): SignedWebhookHeaders {
  const bytes = readBody(body);
  const key = readSecret(secret);
  const id = options.id ?? newId();
  const timestamp = String(secondsOf(options.timestamp ?? new Date()));
  return {
    'content-type': 'application/json',
    'wallgent-signature': wallgentSignature(bytes, secret),
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': standardSignature(key, id, timestamp, bytes),
  };
}

function secondsOf(time: Date): number {
  const seconds = Math.floor(time.getTime() / 1000);
  if (seconds >= 0) return seconds;
  throw new TypeError('timestamp must be a time since 1970');
}

function newId(): string {
  return `evt_${hexOf(globalThis.crypto.getRandomValues(new Uint8Array(16)))}`;
}

function standardSignature(
  key: Uint8Array,
  id: string,
  timestamp: string,
  body: Uint8Array,
): string {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const message = new Uint8Array(head.length + body.length);
  message.set(head);
  message.set(body, head.length);
  return `v1,${base64Of(hmacSha256(key, message))}`;
}

function readBody(body: unknown): Uint8Array {
  const bytes = bytesOf(body);
  if (bytes !== undefined) return bytes;
  throw new TypeError('body must be the raw body as it arrived, text or bytes, not parsed JSON');
}

/** The key is what the secret says in base64, other than that of `Wallgent-Signature`. */
function readSecret(secret: unknown): Uint8Array {
  const isSecret = typeof secret === 'string' && secret.startsWith(SECRET_PREFIX);
  const key = isSecret ? bytesOfBase64(secret.slice(SECRET_PREFIX.length)) : undefined;
  if (key !== undefined && key.length > 0) return key;
  throw new TypeError('secret must be the secret of a webhook, whsec_…');
}

function readTolerance(tolerance: number = DEFAULT_TOLERANCE_SECONDS): number {
  if (typeof tolerance === 'number' && tolerance >= 0) return tolerance;
  throw new TypeError('tolerance must be a number of seconds, 0 or more');
}

function requireHeader(headers: WebhookHeaders, name: string): string {
  const value = readHeader(headers, name);
  if (value !== undefined && value !== '') return value;
  throw new WebhookVerificationError(`The header ${name} is missing`);
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  const value: string | readonly string[] | undefined = found?.[1];
  return typeof value === 'string' ? value : value?.join(' ');
}

function isHeaders(headers: WebhookHeaders): headers is Pick<Headers, 'get'> {
  return typeof headers.get === 'function';
}

function refuseUntimely(timestamp: string, toleranceSeconds: number): void {
  if (!/^\d+$/.test(timestamp)) {
    throw new WebhookVerificationError('The header webhook-timestamp is no time');
  }
  const age = Date.now() / 1000 - Number(timestamp);
  if (Math.abs(age) <= toleranceSeconds) return;
  const seconds = Math.round(Math.abs(age));
  throw new WebhookVerificationError(
    age > 0
      ? `The delivery is ${seconds} seconds old: it was sent before, or a clock is wrong`
      : `The delivery is from ${seconds} seconds in the future: a clock is wrong`,
  );
}

function readEvent(bytes: Uint8Array): WallgentEvent {
  try {
    // What was signed is trusted for its shape, as the answers of the API are.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as WallgentEvent;
  } catch {
    throw new WebhookVerificationError('The body is not JSON');
  }
}
