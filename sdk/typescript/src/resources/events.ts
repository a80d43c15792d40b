import type { RequestOptions } from '../options.js';
import type { AnswerPromise, PagePromise } from '../requests/answer-promise.js';
import type { Transport } from '../requests/transport.js';
import type { ListEventsParams, WallgentEvent } from '../types/events.js';

/**
 * Everything that happened, in its order: the same events that webhooks deliver. Reading them from the last sequence that
 * was handled misses nothing, even where nobody was listening.
 */
export class Events {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists events, oldest first. Needs `webhooks:read`; a key that is bound to wallets gets only theirs.
   *
   * @throws ValidationError
   * @example
   * ```ts
   * for await (const event of wg.events.list({ after: 0, type: 'wallet.*' })) {
   *   console.log(event.sequence, event.type, event.timestamp);
   *   if (event.type === 'wallet.funded') console.log(event.data.newBalance); // …00
   * }
   * ```
   */
  list(params?: ListEventsParams, options?: RequestOptions): PagePromise<WallgentEvent> {
    return this.#transport.list({ method: 'GET', path: ['events'], query: params }, options);
  }

  /**
   * Reads an event. Needs `webhooks:read`.
   *
   * @throws WallgentError with code `NOT_FOUND`
   * @example
   * ```ts
   * const [first] = (await wg.events.list({ limit: 1 })).data;
   * if (first) console.log((await wg.events.retrieve(first.id)).sequence); // 1
   * ```
   */
  retrieve(eventId: string, options?: RequestOptions): AnswerPromise<WallgentEvent> {
    return this.#transport.request({ method: 'GET', path: ['events', eventId] }, options);
  }

  /** The same as {@link retrieve}. */
  get(eventId: string, options?: RequestOptions): AnswerPromise<WallgentEvent> {
    return this.retrieve(eventId, options);
  }
}
