/** Bundles the engine and the cases, then runs them: `npm run fuzz`. Arguments are handed on; see `main.ts`. */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bundled = async (entry, name) => {
  const outfile = join(root, '.cache', 'fuzz', `${name}-${process.pid}.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    tsconfig: 'tsconfig.test.json',
    external: ['onnxruntime-node', 'usearch'],
  });
  return outfile;
};
const [engine, main] = await Promise.all([bundled('src/engine/main.ts', 'engine'), bundled('test/fuzz/main.ts', 'fuzz')]);
const ran = spawnSync(process.execPath, [main, root, engine, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
for (const script of [engine, main]) rmSync(script, { force: true });
process.exitCode = ran.status ?? 1;
