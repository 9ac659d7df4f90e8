/** Builds what is measured, then measures: `npm run bench`. Arguments are handed on; see `main.ts`. */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const node = process.execPath;

const built = spawnSync(node, ['esbuild.mjs', 'extension', 'engine', 'webview'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
if (built.status !== 0) process.exit(built.status ?? 1);

const outfile = join(root, 'out', 'bench.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  tsconfig: 'tsconfig.test.json',
  external: ['onnxruntime-node', 'usearch', 'playwright-core'],
  // A bundle of CommonJS has none; the one module that asks is scripts/steps/paths.mjs, for the repository's root.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'scripts', 'steps', 'paths.mjs')).href) },
  outfile,
});
const measured = spawnSync(node, ['--expose-gc', outfile, root, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = measured.status ?? 1;
