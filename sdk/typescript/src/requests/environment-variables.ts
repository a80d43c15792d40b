interface ServerGlobals {
  process?: { env?: Record<string, string | undefined> };
  Deno?: { env: { get(name: string): string | undefined } };
}

interface BrowserGlobals {
  window?: { document?: unknown };
  importScripts?: unknown;
  navigator?: { userAgent?: string };
}

/**
 * The value of an environment variable, without the white space around it, or `undefined` when it is not set, empty, or
 * out of reach. Always `undefined` in a browser: a key found there would have been put into a public bundle. For the same
 * reason the variables are reached through `globalThis`, where bundlers do not replace them by their values.
 */
export function environmentVariable(name: string): string | undefined {
  if (isBrowser()) return undefined;
  const { process, Deno } = globalThis as ServerGlobals;
  let value: string | undefined;
  try {
    value = process?.env?.[name] ?? Deno?.env.get(name);
  } catch {
    // Deno refuses programs that were not given the right to read it; for us that is the same as not set.
    return undefined;
  }
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** Whether this is a page or a worker of a browser. Node, Deno, Bun and edge runtimes are not. */
export function isBrowser(): boolean {
  const { window, importScripts, navigator } = globalThis as BrowserGlobals;
  const isPage = window?.document !== undefined;
  const isWorker =
    typeof importScripts === 'function' && navigator?.userAgent?.startsWith('Mozilla/') === true;
  return isPage || isWorker;
}
