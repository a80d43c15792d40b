import { type WallgentConnectionError, WallgentTimeoutError } from '../errors/connection.js';
import type { WallgentError } from '../errors/wallgent-error.js';
import { prepareCall } from '../requests/call.js';
import type { Configuration } from '../requests/configuration.js';
import { errorOfEnd, errorOfHandshake } from './refusal.js';
import {
  type Handshake,
  type Socket,
  type SocketEnd,
  type SocketListener,
  socketOpener,
} from './socket.js';

/** The server pings every 30 seconds. Whoever heard neither of two has lost it, though no packet says so. */
const SILENCE_MAX_MS = 75_000;
/** Where pings are not shown, silence proves nothing; but to connect anew after so much of it loses nothing either. */
const UNPROVEN_SILENCE_MAX_MS = 300_000;

/** The close code of a connection that broke. */
const BROKEN = 1006;
/** As `Number` holds them exactly. */
const SEQUENCE = /^\d{1,15}$/;

/** Who is told what comes through a connection. */
export interface ConnectionListener {
  opened(): void;
  received(text: string): void;
  /** A ping: everything up to this sequence was told. */
  reached(sequence: number): void;
}

/** How a connection ended. */
export interface ConnectionEnd {
  readonly wasOpen: boolean;
  readonly error: WallgentError | WallgentConnectionError;
}

/** One connection, from its handshake to its end. */
export class Connection implements SocketListener {
  readonly #configuration: Configuration;
  readonly #after: number | undefined;
  readonly #listener: ConnectionListener;
  readonly #signal: AbortSignal;
  #socket: Socket | undefined;
  #isOpen = false;
  #end: ((end: SocketEnd) => void) | undefined;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  /** What arrived before those who waited for the connection had their turn to listen. */
  #held: (() => void)[] | undefined;

  /**
   * @param after begins behind this sequence
   * @param signal ends the connection with a goodbye
   */
  constructor(
    configuration: Configuration,
    after: number | undefined,
    listener: ConnectionListener,
    signal: AbortSignal,
  ) {
    this.#configuration = configuration;
    this.#after = after;
    this.#listener = listener;
    this.#signal = signal;
  }

  /** Connects, and resolves when the connection has ended, for whatever reason. Never rejects. */
  async follow(): Promise<ConnectionEnd> {
    const end = await this.#live();
    const error = this.#isOpen
      ? errorOfEnd(end, this.#configuration.apiKey)
      : await errorOfHandshake(end, this.#configuration, this.#signal);
    return { wasOpen: this.#isOpen, error };
  }

  opened(): void {
    if (this.#end === undefined) return;
    this.#isOpen = true;
    this.#held = [];
    this.#listener.opened();
    // A task of its own: by then everybody who awaited the connection is listening.
    setTimeout(() => {
      this.#release();
    }, 0);
    const isResumable = this.#after !== undefined;
    if (this.#socket?.showsPings === true || isResumable) this.#expectMore();
    else clearTimeout(this.#alarm);
  }

  received(text: string): void {
    this.#hear(() => {
      this.#listener.received(text);
    });
  }

  pinged(payload: string): void {
    this.#hear(() => {
      if (SEQUENCE.test(payload)) this.#listener.reached(Number(payload));
    });
  }

  ended(end: SocketEnd): void {
    this.#release();
    this.#end?.(end);
    this.#end = undefined;
  }

  async #live(): Promise<SocketEnd> {
    const leave = () => {
      this.#end?.({ code: 1000, reason: '' });
      this.#end = undefined;
      this.#socket?.close();
    };
    try {
      const openSocket = await socketOpener();
      return await new Promise<SocketEnd>((resolve) => {
        this.#end = resolve;
        this.#signal.addEventListener('abort', leave, { once: true });
        if (this.#signal.aborted) {
          leave();
          return;
        }
        this.#expectOpening();
        this.#socket = openSocket(this.#handshake(), this);
      });
    } catch (cause) {
      return { code: BROKEN, reason: '', cause };
    } finally {
      this.#end = undefined;
      clearTimeout(this.#alarm);
      this.#signal.removeEventListener('abort', leave);
    }
  }

  #handshake(): Handshake {
    const query = { after: this.#after };
    const request = { method: 'GET', path: ['realtime'], query } as const;
    const { url, headers } = prepareCall(this.#configuration, request, {});
    return { url: url.replace(/^http/, 'ws'), headers, apiKey: this.#configuration.apiKey };
  }

  #hear(tell: () => void): void {
    if (this.#end === undefined) return;
    this.#expectMore();
    if (this.#held) this.#held.push(tell);
    else tell();
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) {
      // A handler may have ended the stream meanwhile.
      if (this.#end !== undefined) tell();
    }
  }

  #expectOpening(): void {
    const { timeoutMs } = this.#configuration;
    this.#alarmIn(timeoutMs, {
      code: BROKEN,
      reason: '',
      error: new WallgentTimeoutError(timeoutMs, { attempts: 1 }),
    });
  }

  #expectMore(): void {
    const silenceMs = this.#socket?.showsPings ? SILENCE_MAX_MS : UNPROVEN_SILENCE_MAX_MS;
    this.#alarmIn(silenceMs, { code: BROKEN, reason: `nothing was heard for ${silenceMs} ms` });
  }

  #alarmIn(delayMs: number, end: SocketEnd): void {
    clearTimeout(this.#alarm);
    this.#alarm = setTimeout(() => {
      this.ended(end);
      this.#socket?.cut();
    }, delayMs);
  }
}
