// Every page of the documentation, gone through as its reader would: beside a server of its own, with what “Getting
// started” makes at first, the commands of the page are pasted into one shell and its TypeScript into one module. Each
// must answer what the comments promise.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { assertPrinted, type Print, printer, problemsOf, withPrint } from './support/samples.ts';
import { binary, type Server, useServer } from './support/server.ts';

interface Page {
  name: string;
  /** Its blocks of commands. */
  commands: string[];
  /** Its blocks of TypeScript. */
  code: string[];
  /** The languages of all its blocks. */
  languages: string[];
}

interface PageModule {
  run: (print: Print) => Promise<void>;
}

/** What blocks are written in: the first two are run, the others are to be read. */
const LANGUAGES = ['sh', 'typescript', 'text', 'json', 'python', 'rust'];
/** Ends the answer of each step. */
const END = '\u001e';
const FIRST = 'getting-started.md';

const docs = fileURLToPath(new URL('../../../docs', import.meta.url));
const pages = readdirSync(docs)
  .filter((name) => name.endsWith('.md'))
  .map(pageOf);
const first = pages.find(({ name }) => name === FIRST) ?? assert.fail(`no ${FIRST}`);
const folder = fileURLToPath(new URL('.docs', import.meta.url));
const modules = pages
  .filter(({ code }) => code.length > 0)
  .map((page) => ({ ...page, place: page.name, path: join(folder, `${page.name}.ts`) }));

before(() => {
  // The operator moves production's money, so that pages can show how.
  process.env.WALLGENT_PRODUCTION_RAIL = 'manual';
  mkdirSync(folder, { recursive: true });
  for (const page of modules) writeFileSync(page.path, moduleOf(page));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('no block escapes by the name of its language', () => {
  for (const { name, languages } of pages) {
    for (const language of languages)
      assert.ok(LANGUAGES.includes(language), `${name}: ${language}`);
  }
});

test('the TypeScript of every page compiles', () => {
  assert.deepEqual(problemsOf(modules), []);
});

for (const page of pages.filter(({ commands }) => commands.length > 0)) {
  void describe(`the commands of ${page.name}`, () => {
    const server = useServer({ testClock: true });
    test('do what they say', () => runCommands(page, server));
  });
}

for (const { name, code, path } of modules) {
  void describe(`the TypeScript of ${name}`, () => {
    const server = useServer({ testClock: true });
    test('prints what it says', async () => {
      process.env.WALLGENT_API_KEY = server.sandboxKey;
      process.env.WALLGENT_BASE_URL = server.url;
      const { run } = (await import(pathToFileURL(path).href)) as PageModule;
      const { printed, print } = printer();
      await run(print);
      assertPrinted(code.join('\n'), printed);
    });
  });
}

/** Pastes the commands of a page into a shell, and holds each answer against its promises. */
async function runCommands(page: Page, server: Server): Promise<void> {
  const steps = page.commands.flatMap((block) => block.split(/\n{2,}/));
  const setUp = page === first ? [] : [`{\n${first.commands[0]}} > /dev/null`];
  const script = [...setUp, ...steps.map((step) => `${step}\nprintf '${END}'`)].join('\n');
  const place = mkdtempSync(join(tmpdir(), 'wallgent-docs-'));
  symlinkSync(server.folder, join(place, 'wallgent-data'));
  const PATH = [dirname(binary()), process.env.PATH].join(delimiter);
  try {
    const shell = promisify(execFile)('sh', ['-euc', script], {
      cwd: place,
      env: { ...process.env, PATH },
    });
    const { stdout, stderr } = await shell;
    assert.equal(stderr, '');
    const answers = stdout.split(END);
    for (const [index, step] of steps.entries()) assertKept(step, answers[index] ?? '');
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** An answer has what the step's comments promise behind an arrow, in that order, and no error that they do not. */
function assertKept(step: string, answer: string): void {
  const text = answer.replaceAll('": ', '":');
  const promises = [...step.matchAll(/^#.*?→ (.+)$/gm)].flatMap(
    ([, promise]) => promise?.split(' … ') ?? [],
  );
  let from = 0;
  for (const promise of promises) {
    const at = text.indexOf(promise, from);
    assert.ok(at >= 0, `no ${promise} in the answer to\n${step}\n${answer}`);
    from = at + promise.length;
  }
  const refused = promises.some((promise) => promise.includes('"code":'));
  assert.ok(refused || !text.includes('"error":{'), `${step}\n${answer}`);
}

/** A module that goes through the TypeScript of a page. Its imports stay imports. */
function moduleOf(page: Page): string {
  const setUp = page.name === FIRST ? [] : (first.code[0] ?? '').split('\n');
  const lines = [...setUp, ...withPrint(page.code.join('\n'))];
  const isImport = (line: string) => line.startsWith('import ');
  return [
    ...new Set(lines.filter(isImport)),
    'export async function run(print: (line: number, ...words: unknown[]) => void) {',
    ...lines.filter((line) => !isImport(line)),
    '}',
  ].join('\n');
}

function pageOf(name: string): Page {
  const text = readFileSync(join(docs, name), 'utf8');
  const blocks = (language: string) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, code]) => code ?? '',
    );
  // Every second fence ends a block.
  const fences = [...text.matchAll(/^```(.*)$/gm)].filter((_fence, index) => index % 2 === 0);
  const languages = fences.map(([, language]) => language ?? '');
  return { name, commands: blocks('sh'), code: blocks('typescript'), languages };
}
