import { autoPaginate, type OffsetPage, type Page } from '../pagination.js';

/** An answer with what came around it. */
export interface AnswerWithResponse<T> {
  /** What the call itself returns. */
  data: T;
  /** The answer as the platform's `fetch` gave it; its body has been read. */
  response: Response;
  /** The headers of the answer, for instance `Idempotent-Replayed` or `RateLimit`. */
  headers: Headers;
  /** The server's name for the request. */
  requestId: string | null;
}

/**
 * The promise that every call returns. Await it for the answer, or {@link withResponse} for the headers too.
 *
 * @example
 * ```ts
 * const { data, headers, requestId } = await wg.wallets.get(wallet.id).withResponse();
 * console.log(data.name, requestId, headers.get('content-type'));
 * ```
 */
export class AnswerPromise<T> extends Promise<T> {
  /** What `then` and `catch` make is an ordinary promise: there is no answer around it any more. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  readonly #answer: Promise<AnswerWithResponse<T>>;

  /** @internal */
  constructor(answer: Promise<AnswerWithResponse<T>>) {
    super((resolve, reject) => {
      answer.then(({ data }) => {
        resolve(data);
      }, reject);
    });
    this.#answer = answer;
  }

  /** The answer together with its headers and request ID. Rejects like the call itself. */
  withResponse(): Promise<AnswerWithResponse<T>> {
    // By way of `this`, so that a failure counts as handled here and is not reported a second time as unhandled.
    return this.then(() => this.#answer);
  }
}

/**
 * The promise of a list: await it for one page, or iterate over it for every item of every page.
 *
 * @example
 * ```ts
 * for await (const entry of wg.wallets.listTransactions(wallet.id, { limit: 100 })) {
 *   console.log(entry.direction, entry.amount);
 * }
 * ```
 */
export class PagePromise<T> extends AnswerPromise<Page<T>> implements AsyncIterable<T> {
  readonly #pageAfter: (cursor: string) => PromiseLike<Page<T>>;

  /** @internal */
  constructor(
    answer: Promise<AnswerWithResponse<Page<T>>>,
    pageAfter: (cursor: string) => PromiseLike<Page<T>>,
  ) {
    super(answer);
    this.#pageAfter = pageAfter;
  }

  /** Every item of this page and of those after it, fetched as they are needed. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return autoPaginate((cursor) => (cursor === undefined ? this : this.#pageAfter(cursor)));
  }
}

/**
 * The promise of a list that is counted: await it for one page, or iterate over it for every item from its offset on. Items
 * that are added meanwhile at the front move the rest along, so one may come twice.
 *
 * @example
 * ```ts
 * for await (const received of wg.merchants.listPayments({ endDate: '2026-01-31' })) {
 *   console.log(received.fromName, received.amount);
 * }
 * ```
 */
export class OffsetPagePromise<T> extends AnswerPromise<OffsetPage<T>> implements AsyncIterable<T> {
  readonly #pageFrom: (offset: number) => PromiseLike<OffsetPage<T>>;

  /** @internal */
  constructor(
    answer: Promise<AnswerWithResponse<OffsetPage<T>>>,
    pageFrom: (offset: number) => PromiseLike<OffsetPage<T>>,
  ) {
    super(answer);
    this.#pageFrom = pageFrom;
  }

  /** Every item of this page and of those after it, fetched as they are needed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let page: OffsetPage<T> = await this;
    for (;;) {
      yield* page.data;
      const next = page.offset + page.data.length;
      if (page.data.length === 0 || next >= page.total) return;
      page = await this.#pageFrom(next);
    }
  }
}
