import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { out, platform, root, vsix } from './paths.mjs';
import { run } from './run.mjs';
import { hashOf, unlessUnchanged } from './stamp.mjs';
import { step } from './step.mjs';

const built = ['src', 'webview', 'esbuild.mjs', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.node.json', 'tsconfig.webview.json'];
const packaged = ['package.json', 'package.nls.json', '.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'models'];

/** Builds dist/ for this machine. */
export function buildExtension({ dev = false } = {}) {
  return step('Build: esbuild', () => {
    const stamp = join(root, 'dist', '.built');
    return unlessUnchanged(stamp, hashOf(built, dev, platform), async () => {
      await run(process.execPath, ['esbuild.mjs', '--target', platform, ...(dev ? ['--dev'] : [])], { log: 'esbuild' });
    });
  });
}

/**
 * A folder with a copy of what may be packaged. vsce lists every file of its folder before it leaves out what is not named,
 * and beside the project's own there may be tens of thousands of an environment or a cache.
 */
function stagedExtension() {
  const stage = join(out, 'stage');
  rmSync(stage, { recursive: true, force: true });
  for (const name of [...packaged, 'dist']) cpSync(join(root, name), join(stage, name), { recursive: true, filter: (path) => basename(path) !== '.venv' });
  return stage;
}

/** Packages dist/ and the models as a VSIX for this machine; builds first. */
export async function packageExtension({ dev = false } = {}) {
  await buildExtension({ dev });
  await step('Package: vsce', () => {
    mkdirSync(out, { recursive: true });
    if (!existsSync(vsix)) rmSync(`${vsix}.hash`, { force: true });
    return unlessUnchanged(`${vsix}.hash`, hashOf([...built, ...packaged], dev, platform), async () => {
      const args = ['package', '--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository', '--target', platform, '--out', vsix];
      await run(process.execPath, [join(root, 'node_modules/@vscode/vsce/vsce'), ...args], { log: 'vsce', cwd: stagedExtension() });
      return `${(statSync(vsix).size / 1e6).toFixed(1)} MB`;
    });
  });
}
