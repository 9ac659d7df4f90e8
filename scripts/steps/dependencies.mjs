import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { npm, run } from './run.mjs';
import { step } from './step.mjs';

/** Installs what package-lock.json names, unless it is there already. */
export function installDependencies() {
  return step('Dependencies: npm ci', async () => {
    if (isInstalled()) return 'nothing changed';
    await run(npm, ['ci', '--no-audit', '--no-fund'], {
      log: 'npm-ci',
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
  });
}

/** Whether node_modules holds every package of the lock file in its version; optional ones may be left out by npm. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const packagesIn = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const installed = packagesIn(record);
  return Object.entries(packagesIn(join(root, 'package-lock.json'))).every(
    ([path, { version, optional, devOptional }]) =>
      path === '' || installed[path]?.version === version || ((optional || devOptional) && !installed[path]),
  );
}
