import type { RequestOptions } from '../options.js';
import { API_VERSION, VERSION } from '../version.js';
import { type Configuration, readTimeout } from './configuration.js';
import { isBrowser } from './environment-variables.js';

/** The idempotency keys that every platform writes into a header as they are. */
const FITS_HEADER = /^[\x21-\x7e]{1,255}$/;

/** What a resource asks the transport to do. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path below `/v1`, a segment each, not yet encoded. */
  readonly path: readonly string[];
  /** Absent values are left out. */
  readonly query?: object | undefined;
  readonly body?: object | undefined;
  /** Set on a POST that only asks: it changes nothing, so it needs no idempotency key. */
  readonly readOnly?: true;
}

/** A request ready to be sent, as often as it takes: every attempt sends exactly the same. */
export interface Call {
  readonly method: string;
  readonly url: string;
  /** For logs: the path alone, because queries hold what people search for. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Turns a request into what goes over the wire. Throws a `TypeError` for what could never be sent. */
export function prepareCall(
  configuration: Configuration,
  request: ApiRequest,
  options: RequestOptions,
): Call {
  const path = `/v1/${request.path.map(encodeSegment).join('/')}`;
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  return {
    method: request.method,
    url: configuration.baseUrl + path + encodeQuery(request.query),
    path,
    headers: prepareHeaders(configuration, request, options),
    body,
    timeoutMs: readTimeout(options.timeout, configuration.timeoutMs),
    signal: options.signal,
  };
}

function prepareHeaders(
  configuration: Configuration,
  request: ApiRequest,
  options: RequestOptions,
): Headers {
  const headers = new Headers({
    Accept: 'application/json',
    Authorization: `Bearer ${configuration.apiKey}`,
    'Wallgent-Version': API_VERSION,
  });
  // Browsers name themselves, and ask the server's leave before sending a name that is not theirs.
  if (!isBrowser()) headers.set('User-Agent', `wallgent-typescript/${VERSION}`);
  if (request.body !== undefined) headers.set('Content-Type', 'application/json');
  const idempotencyKey = idempotencyKeyOf(request, options);
  if (idempotencyKey !== undefined) setHeader(headers, 'Idempotency-Key', idempotencyKey);
  for (const [name, value] of Object.entries(options.headers ?? {}))
    setHeader(headers, name, value);
  return headers;
}

/**
 * What names the operation for the server, the same at every attempt: the caller's key from the options or the
 * parameters, otherwise a new one. If those two differ both are sent, and the server says so.
 */
function idempotencyKeyOf(request: ApiRequest, options: RequestOptions): string | undefined {
  if (options.idempotencyKey !== undefined) {
    if (FITS_HEADER.test(options.idempotencyKey)) return options.idempotencyKey;
    throw new TypeError('idempotencyKey must be 1 to 255 visible ASCII characters');
  }
  if (request.method === 'GET' || request.readOnly === true) return undefined;
  const inBody = (request.body as { idempotencyKey?: unknown } | undefined)?.idempotencyKey;
  if (typeof inBody !== 'string') return newIdempotencyKey();
  // A parameter may have characters that a header cannot carry; then the body alone does.
  return FITS_HEADER.test(inBody) ? inBody : undefined;
}

/**
 * The time in milliseconds, so that the server's store finds new keys side by side, and 80 random
 * bits. Not `randomUUID`, which browsers have on secure pages only.
 */
function newIdempotencyKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(10));
  const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `sdk_${Date.now().toString(16).padStart(12, '0')}${random}`;
}

/** The platform's own error for a bad value repeats the value, which may be a secret. */
function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw new TypeError(`The value of the header ${JSON.stringify(name)} cannot be sent`);
  }
}

/** An empty ID would silently turn a call on one object into a call on the whole list. */
function encodeSegment(segment: string): string {
  if (typeof segment !== 'string' || segment === '' || segment === '.' || segment === '..') {
    throw new TypeError(`An ID is needed here, not ${JSON.stringify(segment)}`);
  }
  return encodeURIComponent(segment);
}

function encodeQuery(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null) continue;
    parameters.set(name, value instanceof Date ? value.toISOString() : String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
