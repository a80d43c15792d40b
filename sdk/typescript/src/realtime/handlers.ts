import type { WallgentEvent } from '../types/events.js';

/** What is called with an event's data, or with an error. */
export type Handler = (subject: unknown, event?: WallgentEvent) => unknown;

/** Each registration is an entry of its own, so that the same function can be there twice. */
interface Entry {
  readonly handler: Handler;
}

/** Everybody who listens, by what they listen to. */
export class Handlers {
  readonly #entries = new Map<string, Set<Entry>>();

  /** Returns what ends the registration. */
  add(name: string, handler: Handler): () => void {
    if (typeof handler !== 'function') throw new TypeError('The handler must be a function');
    const entry = { handler };
    const entries = this.#entries.get(name) ?? new Set();
    this.#entries.set(name, entries.add(entry));
    return () => {
      entries.delete(entry);
    };
  }

  clear(): void {
    for (const entries of this.#entries.values()) entries.clear();
    this.#entries.clear();
  }

  /** Calls whoever listens to the event, then whoever listens to all. */
  tell(event: WallgentEvent): void {
    const onError = (error: unknown) => {
      this.report(error, event);
    };
    this.#call(event.type, event.data, event, onError);
    this.#call('*', { ...event.data, _event: event.type }, event, onError);
  }

  /** Tells of an error, on the console when nobody listens: it must not go by unnoticed. */
  report(thrown: unknown, event?: WallgentEvent): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
    const isHeard = this.#call('error', error, event, print);
    if (!isHeard) print(error, event);
  }

  /** Calls each handler, whatever the others do. Answers whether there is any. */
  #call(
    name: string,
    subject: unknown,
    event: WallgentEvent | undefined,
    onError: (error: unknown) => void,
  ): boolean {
    const entries = this.#entries.get(name) ?? new Set();
    for (const entry of [...entries]) {
      // One before it may have ended this registration.
      if (!entries.has(entry)) continue;
      try {
        const result = entry.handler(subject, event);
        if (isPromiseLike(result)) result.then(undefined, onError);
      } catch (error) {
        onError(error);
      }
    }
    return entries.size > 0;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

function print(error: unknown, event?: WallgentEvent): void {
  const what = event ? `a handler of ${event.type} failed` : 'the realtime stream ended';
  globalThis.console?.error(`wallgent: ${what}:`, error);
}
