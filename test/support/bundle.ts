import { build } from 'esbuild';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * Bundles an entry of a process as the product's build does, under an ignored folder from which packages resolve.
 * @param entry path from the root of the repository
 * @returns the path of the script
 */
export async function bundle(entry: string): Promise<string> {
  const outfile = join(root, '.cache', 'tests', `${basename(entry, '.ts')}-${process.pid}.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'onnxruntime-node', 'usearch', '@resvg/resvg-wasm/index_bg.wasm'],
    logLevel: 'error',
  });
  return outfile;
}
