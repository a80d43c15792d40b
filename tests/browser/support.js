// A server of its own, a real browser, and what must be true of every page that it shows.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
const BINARY =
  process.env.WALLGENT_BIN ??
  fileURLToPath(new URL('../../target/debug/wallgent', import.meta.url));
/** The narrowest phone that is common. */
export const PHONE = { width: 360, height: 740 };

/** Starts a server whose clock stands still, on a new store. */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'wallgent-browser-'));
  const start = ['dev', '--listen', '127.0.0.1:0', '--data', folder, '--test-clock'];
  const child = spawn(BINARY, start, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (text) => String(text).includes('listening') && resolve());
  });
  const account = JSON.parse(readFileSync(join(folder, 'dev.json'), 'utf8'));
  const call = async (method, path, body, key = account.sandboxKey) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${account.url}/v1${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path} is answered with ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
  const stop = async () => {
    const gone = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true });
  };
  return { ...account, call, stop };
}

/** Starts the browser; it keeps nothing between the pages of two tests. */
export async function startBrowser() {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  assert.ok(executablePath, 'missing: chromium (apt-get install chromium, or set CHROMIUM)');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Opens a page like a visitor who has never been there, and notes what it does. */
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const origin = new URL(url).origin;
  const complaints = [];
  page.on('console', (message) => {
    const text = message.text();
    if (/content security policy|refused to/i.test(text)) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  const leave = async () => {
    await context.close();
    assert.deepEqual(complaints, [], `of ${url}`);
  };
  return { page, leave };
}

/** The page can be used by everybody: axe finds nothing, and nothing sticks out. */
export async function assertUsable(page) {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(overflow, 0, `${page.url()} scrolls sideways`);
  const source = readFileSync(AXE, 'utf8');
  const { violations } = await page.evaluate(`${source}; axe.run()`);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
  assert.deepEqual(found, [], `accessibility of ${page.url()}`);
}
