import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoPaginate, collectAll, type Page, Wallgent } from '@wallgent/sdk';
import { type Behaviour, startFaultyServer } from './support/faulty-server.ts';

const PAGES: Record<string, Page<number>> = {
  first: { data: [1, 2], cursor: 'b', hasMore: true },
  b: { data: [], cursor: 'c', hasMore: true },
  c: { data: [3], cursor: null, hasMore: false },
};

function pageAt(cursor: string | undefined): Promise<Page<number>> {
  const page = PAGES[cursor ?? 'first'];
  return page ? Promise.resolve(page) : Promise.reject(new Error(`no page at ${cursor}`));
}

test('collectAll gathers every page, empty ones too', async () => {
  assert.deepEqual(await collectAll(pageAt), [1, 2, 3]);
});

test('autoPaginate fetches a page only when it is needed', async () => {
  const asked: (string | undefined)[] = [];
  const items = autoPaginate((cursor) => {
    asked.push(cursor);
    return pageAt(cursor);
  });
  assert.deepEqual(asked, []);
  await items.next();
  await items.next();
  assert.deepEqual(asked, [undefined]);
  await items.next();
  assert.deepEqual(asked, [undefined, 'b', 'c']);
});

test('a page without a cursor is the last, whatever hasMore says', async () => {
  assert.deepEqual(await collectAll(async () => ({ data: [1], hasMore: true })), [1]);
});

test('a function that ignores its cursor is found out instead of going on for ever', async () => {
  await assert.rejects(
    collectAll(() => pageAt(undefined)),
    /same page came twice/,
  );
});

test('what fetching a page throws is thrown', async () => {
  const failing = async (cursor: string | undefined) => {
    if (cursor) throw new Error('later page failed');
    return pageAt(cursor);
  };
  await assert.rejects(collectAll(failing), /later page failed/);
});

test('iterating over a list call keeps its filters and options on every page', async () => {
  const serve: Behaviour = (received, response) => {
    const cursor = new URL(received.path, 'http://localhost').searchParams.get('cursor');
    response.end(JSON.stringify(PAGES[cursor ?? 'first']));
  };
  await using server = await startFaultyServer(serve);
  const wg = new Wallgent('wg_test_any', { baseUrl: server.url });
  const seen: unknown[] = [];
  for await (const wallet of wg.wallets.list(
    { limit: 2, status: 'ACTIVE' },
    { headers: { 'X-Mine': '1' } },
  )) {
    seen.push(wallet);
  }
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(
    server.received.map(({ path }) => path),
    [
      '/v1/wallets?limit=2&status=ACTIVE',
      '/v1/wallets?limit=2&status=ACTIVE&cursor=b',
      '/v1/wallets?limit=2&status=ACTIVE&cursor=c',
    ],
  );
  assert.ok(server.received.every(({ headers }) => headers['x-mine'] === '1'));
});
