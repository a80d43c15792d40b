import type { Fetch, Logger, WallgentOptions } from '../options.js';
import type { Environment } from '../types/values.js';
import { environmentVariable } from './environment-variables.js';

/** The software is self-hosted: this is where `wallgent dev` listens. */
const DEFAULT_BASE_URL = 'http://localhost:3000';
/** Longer than any call of the API takes; short enough that a hung connection is noticed. */
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RETRIES = 2;
/** The longest delay that timers of the platforms can hold (2³¹ − 1). */
const LONGEST_TIMEOUT_MS = 2_147_483_647;
/** More would only hide an outage. */
const MOST_RETRIES = 20;

const ENVIRONMENT_OF_PREFIX: readonly (readonly [string, Environment])[] = [
  ['wg_live_', 'PRODUCTION'],
  ['wg_test_', 'SANDBOX'],
];

/** Options with every gap filled and every value checked. */
export interface Configuration {
  readonly apiKey: string;
  readonly environment: Environment;
  /** Without `/v1` and without a slash at the end. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly fetch: Fetch;
  readonly logger: Logger | undefined;
}

/** Fills and checks options. Throws a `TypeError` that never repeats the key. */
export function configure(options: WallgentOptions): Configuration {
  const apiKey = readApiKey(options.apiKey);
  return {
    apiKey,
    environment: environmentOf(apiKey),
    baseUrl: readBaseUrl(options.baseUrl),
    timeoutMs: readTimeout(options.timeout, DEFAULT_TIMEOUT_MS),
    maxRetries: readMaxRetries(options.maxRetries),
    // Looked up at each request, so that a `fetch` replaced later (by a test or a tracer) is the one that is used.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    logger: options.logger,
  };
}

/** A time limit in milliseconds, or the fallback when there is none. */
export function readTimeout(timeout: number | undefined, fallback: number): number {
  if (timeout === undefined) return fallback;
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= LONGEST_TIMEOUT_MS)) {
    throw new TypeError(`timeout must be between 1 and ${LONGEST_TIMEOUT_MS} milliseconds`);
  }
  return timeout;
}

function readApiKey(given: string | undefined): string {
  const apiKey = given ?? environmentVariable('WALLGENT_API_KEY');
  if (apiKey === undefined || apiKey === '') {
    throw new TypeError(
      'An API key is needed: pass apiKey, or set WALLGENT_API_KEY (not read in a browser)',
    );
  }
  // Any other character would break the header, and the platform's own error for that repeats the key.
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError(
      'The API key must be visible ASCII characters only, without spaces or line breaks',
    );
  }
  return apiKey;
}

function environmentOf(apiKey: string): Environment {
  const found = ENVIRONMENT_OF_PREFIX.find(([prefix]) => apiKey.startsWith(prefix));
  if (!found) throw new TypeError('The API key must begin with wg_live_ or wg_test_');
  return found[1];
}

function readBaseUrl(given: string | undefined): string {
  const text = given ?? environmentVariable('WALLGENT_BASE_URL') ?? DEFAULT_BASE_URL;
  const url = parseUrl(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError('baseUrl must be an address that begins with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('baseUrl must not hold a user name or password');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must not have a query or a fragment');
  }
  return (url.origin + url.pathname).replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function readMaxRetries(maxRetries: number | undefined): number {
  if (maxRetries === undefined) return DEFAULT_MAX_RETRIES;
  if (!Number.isInteger(maxRetries) || maxRetries < 0 || maxRetries > MOST_RETRIES) {
    throw new TypeError(`maxRetries must be a whole number from 0 to ${MOST_RETRIES}`);
  }
  return maxRetries;
}
