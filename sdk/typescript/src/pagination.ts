/** One page of a list. */
export interface Page<T> {
  data: T[];
  /** Where the next page begins; `null` on the last one. Opaque: pass it back as `cursor`. */
  cursor: string | null;
  /** Whether there is a next page. */
  hasMore: boolean;
  /** Repeats `cursor`. */
  nextCursor?: string | null;
}

/** One page of a list that is counted: the next one begins at `offset` plus the items of this one. */
export interface OffsetPage<T> {
  data: T[];
  /** How many items there are in all. */
  total: number;
  limit: number;
  /** How many items came before this page. */
  offset: number;
}

/** What a list call takes beside its filters. */
export interface PageParams {
  /** Items on a page, 1–100; 20 by default. */
  limit?: number | undefined;
  /** `cursor` of the page before. */
  cursor?: string | null | undefined;
}

/** The part of a page that the functions below need. */
export interface PageLike<T> {
  data: readonly T[];
  cursor?: string | null;
  hasMore: boolean;
}

/**
 * Yields every item of every page, fetching each page when the one before is used up. Streams, so it suits lists of any
 * length.
 *
 * @param fetchPage gets `undefined` for the first page, then the cursor of the page before
 * @throws what `fetchPage` throws
 * @example
 * ```ts
 * for await (const wallet of autoPaginate((cursor) => wg.wallets.list({ cursor, limit: 100 }))) {
 *   console.log(wallet.id, wallet.name);
 * }
 * ```
 */
export async function* autoPaginate<T>(
  fetchPage: (cursor: string | undefined) => PromiseLike<PageLike<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  for (;;) {
    const page = await fetchPage(cursor);
    yield* page.data;
    if (!page.hasMore || page.cursor === undefined || page.cursor === null) return;
    // Without this, a function that ignores its argument would go on for ever.
    if (page.cursor === cursor) {
      throw new Error('The same page came twice: pass the cursor on to the list call');
    }
    cursor = page.cursor;
  }
}

/**
 * Every item of every page, in one array. For long lists prefer {@link autoPaginate}.
 *
 * @param fetchPage gets `undefined` for the first page, then the cursor of the page before
 * @throws what `fetchPage` throws
 * @example
 * ```ts
 * const wallets = await collectAll((cursor) => wg.wallets.list({ cursor, limit: 100 }));
 * console.log(`Total wallets: ${wallets.length}`);
 * ```
 */
export async function collectAll<T>(
  fetchPage: (cursor: string | undefined) => PromiseLike<PageLike<T>>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const item of autoPaginate(fetchPage)) items.push(item);
  return items;
}
