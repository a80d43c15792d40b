// Builds the package twice with the TypeScript compiler alone: once as ES modules and once as CommonJS, each with its own
// declarations. No bundler: what ships is the source, file by file, without its types.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
for (const project of ['tsconfig.esm.json', 'tsconfig.cjs.json']) {
  const { status } = spawnSync(process.execPath, [compiler, '-p', project], {
    cwd: packageRoot,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
// The package is "type": "module", so Node has to be told that this half of it is not.
writeFileSync(
  new URL('../dist/cjs/package.json', import.meta.url),
  `${JSON.stringify({ type: 'commonjs' })}\n`,
);
