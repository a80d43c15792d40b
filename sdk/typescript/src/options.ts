/** Receives what the client does. `console` is one. Never given keys, headers, bodies or query strings. */
export interface Logger {
  /** Each request and answer: method, path, status, duration. */
  debug(message: string, context?: Record<string, unknown>): void;
  /** Each retry and its reason. */
  warn(message: string, context?: Record<string, unknown>): void;
}

/** The platform's `fetch`, or a function like it. It must obey the `signal` it is given. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** How a client behaves; everything is optional. */
export interface ClientOptions {
  /**
   * Where the server is, with or without `/v1` at the end. Otherwise the environment variable `WALLGENT_BASE_URL`
   * (never read in a browser), otherwise `http://localhost:3000`.
   */
  baseUrl?: string | undefined;
  /** Time limit of each attempt in milliseconds, its body included; 30,000 by default. */
  timeout?: number | undefined;
  /** How often a request is sent again after a passing failure; 2 by default, 0 for never. */
  maxRetries?: number | undefined;
  /** Used instead of the platform's `fetch`. */
  fetch?: Fetch | undefined;
  /** Nothing is logged without one. */
  logger?: Logger | undefined;
}

/** {@link ClientOptions} with the API key among them. */
export interface WallgentOptions extends ClientOptions {
  /**
   * The API key: `wg_live_…` for production, `wg_test_…` for the sandbox. Otherwise the environment variable
   * `WALLGENT_API_KEY` (never read in a browser).
   */
  apiKey?: string | undefined;
}

/** What every call takes as its last argument. */
export interface RequestOptions {
  /**
   * Names the operation, so that sending it again has no further effect: 1–255 visible ASCII characters. A call that
   * changes something makes one for itself when it gets none, and keeps it through its retries. Pass your own to be
   * safe across restarts of your program too.
   */
  idempotencyKey?: string | undefined;
  /** Time limit of each attempt in milliseconds, instead of the client's. */
  timeout?: number | undefined;
  /** Ends the call, its retries included; the promise then rejects with the signal's `reason`. */
  signal?: AbortSignal | undefined;
  /** Sent beside the client's own headers, and instead of those with the same name. */
  headers?: Readonly<Record<string, string>> | undefined;
}
