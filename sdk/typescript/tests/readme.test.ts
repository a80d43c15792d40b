// What the README of the whole project tells a newcomer to paste into a shell, pasted into one beside a running server. The
// answer to each command must hold what the comment above it promises in quotes.
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { binary, useServer } from './support/server.ts';

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

test('the receiver under “An event in a minute” takes what is forwarded to it', async () => {
  const code = /```typescript\n(.*?)\n```\n/s.exec(readme)?.[1] ?? assert.fail('no receiver');
  const inside = mkdtempSync(fileURLToPath(new URL('.receiver-', import.meta.url)));
  const data = ['--data', server.folder];
  const { stdout: secret } = await promisify(execFile)(binary(), [
    'listen',
    '--print-secret',
    ...data,
  ]);
  const port = await freePort();
  writeFileSync(join(inside, 'receiver.ts'), code.replace('4000', String(port)));
  const receiver = spawn(process.execPath, ['--import', 'tsx', join(inside, 'receiver.ts')], {
    env: { ...process.env, WEBHOOK_SECRET: secret.trim() },
  });
  const forward = ['--forward-to', `http://localhost:${port}/hooks`, '--events', 'wallet.funded'];
  let listener: ChildProcess | undefined;
  try {
    await says(receiver, 'waiting for events');
    listener = spawn(binary(), ['listen', ...forward, ...data]);
    await says(listener, 'Listening');
    const told = says(receiver, 'wallet.funded 12.34');
    const wallet = await server.wg.wallets.create({ name: 'Heard of' });
    await server.wg.wallets.fund(wallet.id, { amount: '12.34' });
    await told;
  } finally {
    listener?.kill();
    receiver.kill();
    rmSync(inside, { recursive: true, force: true });
  }
});

/** Waits until a program has printed these words. */
function says(program: ChildProcess, words: string): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    program.stdout?.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes(words)) resolve();
    });
    program.stderr?.on('data', (chunk: Buffer) => (said += String(chunk)));
    program.once('exit', () => reject(new Error(`it ended without “${words}”: ${said}`)));
  });
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

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
