import { WallgentConnectionError, WallgentTimeoutError } from '../errors/connection.js';
import { errorFromAnswer, unreadableAnswer } from '../errors/from-answer.js';
import type { RequestOptions } from '../options.js';
import type { OffsetPage, Page } from '../pagination.js';
import {
  AnswerPromise,
  type AnswerWithResponse,
  OffsetPagePromise,
  PagePromise,
} from './answer-promise.js';
import { type ApiRequest, type Call, prepareCall } from './call.js';
import { causeOf } from './cause.js';
import type { Configuration } from './configuration.js';
import { type Failure, pause, readRetryAfterSeconds, retryDelayMs } from './retry.js';

/** What one attempt came to. */
type Outcome<T> = { readonly answer: AnswerWithResponse<T> } | { readonly failure: Failure };

/**
 * The one way to the server: every resource goes through here, and nowhere else is a request sent, repeated, or an error
 * made from an answer.
 */
export class Transport {
  // Private to the engine, not only to the compiler: inspecting or serializing a client must not show its key.
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** Sends a request and returns the promise of its answer. Nothing is thrown: whatever goes wrong rejects. */
  request<T>(request: ApiRequest, options?: RequestOptions): AnswerPromise<T> {
    return new AnswerPromise(this.#perform<T>(request, options));
  }

  /** Like {@link request}, for an answer in pages: further ones are asked for with the same filters and options. */
  list<T>(request: ApiRequest, options?: RequestOptions): PagePromise<T> {
    const pageAfter = (cursor: string) =>
      this.request<Page<T>>({ ...request, query: { ...request.query, cursor } }, options);
    return new PagePromise(this.#perform<Page<T>>(request, options), pageAfter);
  }

  /** The same for a list whose pages are counted. */
  listByOffset<T>(request: ApiRequest, options?: RequestOptions): OffsetPagePromise<T> {
    const pageFrom = (offset: number) =>
      this.request<OffsetPage<T>>({ ...request, query: { ...request.query, offset } }, options);
    return new OffsetPagePromise(this.#perform<OffsetPage<T>>(request, options), pageFrom);
  }

  async #perform<T>(
    request: ApiRequest,
    options: RequestOptions = {},
  ): Promise<AnswerWithResponse<T>> {
    const { maxRetries } = this.#configuration;
    const call = prepareCall(this.#configuration, request, options);
    for (let retriesMade = 0; ; retriesMade += 1) {
      const outcome = await this.#attempt<T>(call, retriesMade + 1);
      if ('answer' in outcome) return outcome.answer;
      const { failure } = outcome;
      const delayMs =
        retriesMade < maxRetries ? retryDelayMs(failure, retriesMade, Math.random()) : undefined;
      if (delayMs === undefined) throw failure.error;
      this.#log('warn', 'wallgent: sending again', call, {
        reason: 'code' in failure.error ? failure.error.code : failure.error.message,
        delayMs: Math.round(delayMs),
        retry: retriesMade + 1,
      });
      await pause(delayMs, call.signal);
    }
  }

  /** One request and what it came to. Throws only when the caller's signal ends it. */
  async #attempt<T>(call: Call, attempts: number): Promise<Outcome<T>> {
    const startedAt = Date.now();
    const exchange = await this.#exchange(call, attempts);
    const durationMs = Date.now() - startedAt;
    if (exchange instanceof WallgentConnectionError) {
      this.#log('debug', 'wallgent: no answer', call, { reason: exchange.message, durationMs });
      return { failure: { error: exchange, retryAfterSeconds: undefined } };
    }
    const { response, text } = exchange;
    const requestId = response.headers.get('x-request-id');
    this.#log('debug', 'wallgent: answer', call, {
      status: response.status,
      durationMs,
      requestId,
    });
    return readAnswer<T>(response, text, requestId);
  }

  /** From sending a request to the last byte of its answer, within the time limit. */
  async #exchange(
    call: Call,
    attempts: number,
  ): Promise<{ response: Response; text: string } | WallgentConnectionError> {
    const { signal, timeoutMs } = call;
    signal?.throwIfAborted();
    const controller = new AbortController();
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      controller.abort();
    }, timeoutMs);
    const abort = () => {
      controller.abort(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const { fetch } = this.#configuration;
      const response = await fetch(call.url, requestInit(call, controller.signal));
      return { response, text: await response.text() };
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason;
      if (isTimedOut) return new WallgentTimeoutError(timeoutMs, { attempts });
      const { message, cause } = causeOf(thrown, this.#configuration.apiKey);
      return new WallgentConnectionError(message, { attempts, cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** A logger that throws must not turn a payment that was made into a call that failed. */
  #log(
    level: 'debug' | 'warn',
    message: string,
    call: Call,
    context: Record<string, unknown>,
  ): void {
    try {
      this.#configuration.logger?.[level](message, {
        method: call.method,
        path: call.path,
        ...context,
      });
    } catch {
      // Nowhere to report it to.
    }
  }
}

function requestInit(call: Call, signal: AbortSignal): RequestInit {
  const init: RequestInit = {
    method: call.method,
    headers: call.headers,
    signal,
    // Followed, a redirected POST would become a GET, and the key would go to an address nobody chose.
    redirect: 'manual',
  };
  if (call.body !== undefined) init.body = call.body;
  return init;
}

function readAnswer<T>(response: Response, text: string, requestId: string | null): Outcome<T> {
  const answer = {
    statusCode: response.status,
    requestId: requestId ?? undefined,
    body: parseJson(text),
  };
  const isUnreadable = response.ok && response.status !== 204 && answer.body === undefined;
  const error = isUnreadable ? unreadableAnswer(answer) : errorFromAnswer(answer);
  if (error) {
    return {
      failure: { error, retryAfterSeconds: readRetryAfterSeconds(error, response.headers) },
    };
  }
  // The types of the answers are the API's contract; checking them again here would be a second copy of it.
  const data = answer.body as T;
  return { answer: { data, response, headers: response.headers, requestId } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
