// Runs the real server for a test file: one process on a folder of its own, ended with the file.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Plan, Wallgent } from '@wallgent/sdk';

/** What `wallgent dev` writes for whoever starts it, and `org create --json` prints but for the address. */
interface DevelopmentFile {
  organizationId: string;
  sandboxKey: string;
  liveKey: string;
  sandboxWalletId: string;
  liveWalletId: string;
  url: string;
}

/** A running server. Its fields are there once the tests of the file run. */
export interface Server extends DevelopmentFile {
  /** A client with the sandbox key that may do everything. */
  wg: Wallgent;
  /** The same for production. */
  live: Wallgent;
  /** Its data folder. */
  folder: string;
  /** Kills it as a power cut would, and starts it again on the same folder, at another address. */
  restart(): Promise<void>;
  /** Runs a command of the operator's beside the server, on its store; gives what it printed. */
  operate(...command: string[]): Promise<string>;
  /** Founds another organization on the same server, as its operator would. */
  foundOrganization(plan: Plan): Promise<Organization>;
}

/** A further organization, with a client for each of its first two keys. */
export interface Organization {
  wg: Wallgent;
  live: Wallgent;
  organizationId: string;
  sandboxKey: string;
  sandboxWalletId: string;
}

export interface ServerOptions {
  /** Whether time stands still until a test moves it: from now on, or from a moment. */
  testClock?: boolean | string;
  /** What the tests of the file share. A hook of their own would not wait for the server. */
  prepare?: (server: Server) => Promise<void>;
}

/** Starting includes creating the store; a machine that is compiling at the same time needs some of this. */
const START_DEADLINE_MS = 30_000;
const POLL_MS = 25;

/** Starts a server before the tests of the calling file and ends it after them. */
export function useServer(options: ServerOptions = {}): Server {
  const server = {} as Server;
  let child: ChildProcess | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'wallgent-sdk-'));

  const start = async () => {
    const { testClock = false } = options;
    const flags = testClock ? ['--test-clock'] : [];
    if (typeof testClock === 'string') flags.push(testClock);
    const started = spawn(
      binary(),
      ['dev', '--listen', '127.0.0.1:0', '--data', folder, ...flags],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child = started;
    process.once('exit', () => started.kill('SIGKILL'));
    const file = await ready(started, join(folder, 'dev.json'));
    Object.assign(server, file, {
      folder,
      wg: new Wallgent(file.sandboxKey, { baseUrl: file.url }),
      live: new Wallgent(file.liveKey, { baseUrl: file.url }),
    });
  };
  const kill = async () => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };

  before(async () => {
    await start();
    server.restart = async () => {
      await kill();
      await start();
    };
    server.operate = async (...command) => {
      const store = ['--database', `sqlite:${join(folder, 'wallgent.db')}`];
      const { stdout } = await promisify(execFile)(binary(), [...command, ...store]);
      return stdout;
    };
    server.foundOrganization = async (plan) => {
      const owner = ['--name', plan, '--email', 'owner@example.test'];
      const printed = await server.operate('org', 'create', ...owner, '--plan', plan, '--json');
      const made = JSON.parse(printed) as Omit<DevelopmentFile, 'url'>;
      return {
        wg: new Wallgent(made.sandboxKey, { baseUrl: server.url, maxRetries: 0 }),
        live: new Wallgent(made.liveKey, { baseUrl: server.url, maxRetries: 0 }),
        organizationId: made.organizationId,
        sandboxKey: made.sandboxKey,
        sandboxWalletId: made.sandboxWalletId,
      };
    };
    await options.prepare?.(server);
  });

  after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });

  return server;
}

/** The binary that tests run. */
export function binary(): string {
  const target = (profile: string) =>
    fileURLToPath(new URL(`../../../../target/${profile}/wallgent`, import.meta.url));
  const given = process.env.WALLGENT_BIN;
  const candidates = given ? [given] : [target('debug'), target('release')];
  const found = candidates.find((path) => existsSync(path));
  if (!found) {
    throw new Error(
      `No server to test against: build the wallgent binary or set WALLGENT_BIN (looked for ${candidates.join(', ')})`,
    );
  }
  return found;
}

async function ready(child: ChildProcess, path: string): Promise<DevelopmentFile> {
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints = (complaints + String(chunk)).slice(-4_000);
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The server ended by itself: ${complaints}`);
    const file = readDevelopmentFile(path);
    if (file && (await isAlive(file.url))) return file;
    await wait(POLL_MS);
  }
  throw new Error(`The server was not ready within ${START_DEADLINE_MS} ms: ${complaints}`);
}

function readDevelopmentFile(path: string): DevelopmentFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DevelopmentFile;
  } catch {
    // Not written yet, or not to its end.
    return undefined;
  }
}

async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
