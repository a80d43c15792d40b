import { WallgentConnectionError } from '../errors/connection.js';
import { type Configuration, configure } from '../requests/configuration.js';
import type { WallgentError } from '../errors/wallgent-error.js';
import type { EventType } from '../types/events.js';
import type {
  RealtimeErrorHandler,
  RealtimeHandler,
  RealtimeOptions,
  RealtimeWildcardHandler,
} from '../types/realtime.js';
import { type Handler, Handlers } from './handlers.js';
import { readEvent } from './message.js';
import { follow, type StreamListener } from './stream.js';

/** Somebody who awaits `connect`. */
interface Waiting {
  resolve: () => void;
  reject: (error: WallgentError | WallgentConnectionError) => void;
}

/**
 * Events as they happen, over a WebSocket: the same that webhooks deliver, each once and in its order.
 *
 * A connection that is lost is made anew by itself, after a growing pause of at most 30 seconds, and goes on behind the last
 * event that was seen, so nothing is missed in between. After 10 attempts in a row, and when the key is revoked, the stream
 * is over, which handlers of `error` are told. Needs `webhooks:read`; a key that is bound to wallets gets only their events.
 *
 * The server says in pings where a stream begins, and the WebSockets that platforms bring do not show those (only the one
 * for Node 20 does). There a connection that is lost before its first event goes on with what is new, unless `after` says
 * where it began.
 *
 * @example
 * ```ts
 * const realtime = new WallgentRealtime(apiKey, baseUrl);
 * await realtime.connect();
 *
 * const funded = new Promise<void>((resolve) => {
 *   realtime.on('wallet.funded', (data) => {
 *     console.log('Funded:', data.amount); // Funded: 25.00
 *     resolve();
 *   });
 * });
 * await wg.wallets.fund(wallet.id, { amount: '25.00' });
 * await funded;
 * realtime.disconnect();
 * ```
 */
export class WallgentRealtime {
  // Private to the engine, not only to the compiler: inspecting it must not show the key.
  readonly #configuration: Configuration;
  readonly #handlers = new Handlers();
  #sequence: number | undefined;
  #isOpen = false;
  #waiting: Waiting[] = [];
  /** Ends the stream that is under way. */
  #stop: AbortController | undefined;

  /**
   * @param apiKey `wg_live_…` or `wg_test_…`; the environment variable `WALLGENT_API_KEY` when left out
   * @param baseUrl as for {@link Wallgent}; http becomes ws, and https wss
   * @throws TypeError for a key or an option that cannot be right; it never repeats the key
   */
  constructor(apiKey?: string, baseUrl?: string, options: RealtimeOptions = {}) {
    const { after, timeout, logger } = options;
    if (after !== undefined && (!Number.isSafeInteger(after) || after < 0)) {
      throw new TypeError('after must be the sequence of an event, or 0');
    }
    this.#configuration = configure({ apiKey, baseUrl, timeout, logger });
    this.#sequence = after;
  }

  /**
   * The sequence of the last event that was seen; `undefined` before the first, unless `after` says where it begins. Keep
   * it, and a later program goes on behind it.
   */
  get sequence(): number | undefined {
    return this.#sequence;
  }

  /**
   * Connects; resolves when the connection is open, at once when it is already, and with the next one after it was lost.
   *
   * @throws UnauthorizedError, ApiKeyRevokedError, WallgentConnectionError (no connection; also when `disconnect` came
   * first), WallgentTimeoutError, and WallgentError with code `PERMISSION_DENIED`
   * @example
   * ```ts
   * const stranger = new WallgentRealtime('wg_test_unknown', baseUrl);
   * try {
   *   await stranger.connect();
   * } catch (error) {
   *   if (!(error instanceof UnauthorizedError)) throw error;
   *   console.log(error.code); // UNAUTHORIZED
   * }
   * ```
   */
  connect(): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#stop === undefined) void this.#follow();
    });
  }

  /**
   * Calls a handler with the `data` of each event of a type, with that of all events and their type in `_event` for `'*'`,
   * or with what goes wrong for `'error'`. Whatever a handler throws is an error, and stops neither the stream nor the other
   * handlers. Where nobody handles errors they are written to the console.
   *
   * Handlers are called in the order of the events and not awaited. The second argument is the whole event, with its `id`
   * and `sequence`.
   *
   * @returns what ends the registration
   * @example
   * ```ts
   * const realtime = new WallgentRealtime(apiKey, baseUrl, { after: 0 });
   * realtime.on('policy.denied', (data, event) => {
   *   console.log(event.sequence, data.reason);
   * });
   * realtime.on('error', (error, event) => {
   *   console.log(event ? `while handling ${event.id}` : 'the stream is over', error.message);
   * });
   * const first = new Promise<void>((resolve) => {
   *   const unsubscribe = realtime.on('*', (data) => {
   *     console.log(`Event: ${data._event}`); // Event: …
   *     unsubscribe();
   *     resolve();
   *   });
   * });
   * await realtime.connect();
   * await first;
   * realtime.disconnect();
   * ```
   */
  on(event: '*', handler: RealtimeWildcardHandler): () => void;
  on(event: 'error', handler: RealtimeErrorHandler): () => void;
  on<Type extends EventType>(event: Type, handler: RealtimeHandler<Type>): () => void;
  on(event: string, handler: unknown): () => void {
    return this.#handlers.add(event, handler as Handler);
  }

  /**
   * Closes the connection, makes no other, and forgets all handlers. What `connect` promised and did not keep is rejected.
   * To connect again later goes on behind the last event that was seen.
   */
  disconnect(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#isOpen = false;
    this.#handlers.clear();
    this.#reject(
      new WallgentConnectionError('Disconnected before the connection was open', { attempts: 1 }),
    );
  }

  async #follow(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    let wasOpen = false;
    const listener: StreamListener = {
      sequence: () => this.#sequence,
      opened: () => {
        wasOpen = true;
        this.#isOpen = true;
        this.#log('debug', 'wallgent: connected', { after: this.#sequence });
        for (const { resolve } of this.#waiting.splice(0)) resolve();
      },
      received: (text) => {
        this.#receive(text);
      },
      reached: (sequence) => {
        this.#sequence = Math.max(sequence, this.#sequence ?? 0);
      },
      lost: ({ message }, pauseMs) => {
        this.#isOpen = false;
        this.#log('warn', 'wallgent: connecting again', {
          reason: message,
          delayMs: Math.round(pauseMs),
        });
      },
    };
    const error = await follow(this.#configuration, listener, stop.signal);
    // Whoever disconnects has seen to everything.
    if (stop.signal.aborted) return;
    this.#stop = undefined;
    this.#isOpen = false;
    this.#reject(error);
    if (wasOpen) this.#handlers.report(error);
  }

  #receive(text: string): void {
    const event = readEvent(text);
    if (event === undefined) {
      this.#log('warn', 'wallgent: a message that is no event was left out', {});
      return;
    }
    // Told once already.
    if (this.#sequence !== undefined && event.sequence <= this.#sequence) return;
    this.#sequence = event.sequence;
    this.#handlers.tell(event);
  }

  #reject(error: WallgentError | WallgentConnectionError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** A logger that throws must not end the stream. */
  #log(level: 'debug' | 'warn', message: string, context: Record<string, unknown>): void {
    try {
      this.#configuration.logger?.[level](message, context);
    } catch {
      // Nowhere to report it to.
    }
  }
}
