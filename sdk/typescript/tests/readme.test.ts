// What the README of the whole project tells a newcomer to paste into a shell, pasted into one beside a running server. The
// answer to each command must hold what the comment above it promises in quotes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { useServer } from './support/server.ts';

const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'wallgent-readme-'));
const server = useServer({
  // Where the commands look for it.
  prepare: async (started) => symlinkSync(started.folder, join(folder, 'wallgent-data')),
});

before(() => {
  // Nothing that a newcomer does not have.
  for (const name of ['WALLGENT_API_KEY', 'WALLGENT_BASE_URL']) delete process.env[name];
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const section of ['Quickstart', 'An agent in five minutes']) {
  test(`the commands under “${section}” do what they say`, async () => {
    const script = commandsOf(section);
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: folder });
    assert.equal(stderr, '');
    const answers = stdout.trimEnd().split('\n');
    const promises = promisesOf(script);
    assert.equal(answers.length, promises.length, stdout);
    for (const [index, { command, promised }] of promises.entries()) {
      const answer = answers[index] ?? '';
      assert.ok(promised.length > 0 || !answer.includes('"error":{'), `${command}\n${answer}`);
      for (const part of promised) assert.ok(answer.includes(part), `${command}\n${answer}`);
    }
    assert.ok(promises.flatMap(({ promised }) => promised).length >= 3);
  });
}

test('the commands found a server and left their traces there', async () => {
  const names = new Set<string>();
  for await (const { name } of server.wg.wallets.list()) names.add(name);
  for (const name of ['Research agent', 'Data vendor', 'Shopper', 'Shop']) {
    assert.ok(names.has(name), name);
  }
});

/** The first commands of a section. */
function commandsOf(section: string): string {
  const [, text] = readme.split(`\n## ${section}\n`);
  const commands = /\n```sh\n(.*?)\n```\n/s.exec(text?.split('\n## ')[0] ?? '')?.[1];
  return commands ?? assert.fail(`no commands under ${section}`);
}

/** Each command that prints an answer, with what the comment above it promises. */
function promisesOf(script: string): { command: string; promised: string[] }[] {
  let promised: string[] = [];
  return script.split('\n').flatMap((line) => {
    if (line.startsWith('#')) promised = line.match(/"\w+":"[^"]*"/g) ?? [];
    if (!/^(call|owner|agent|echo) /.test(line)) return [];
    const made = { command: line, promised };
    promised = [];
    return [made];
  });
}
