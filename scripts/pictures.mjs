/** `npm run pictures`: takes the README's pictures of the packaged extension in a real VS Code, into media/pictures/. */
import { join } from 'node:path';
import { setUpCodeServer } from './steps/codeServer.mjs';
import { browser, installPackages } from './steps/debian.mjs';
import { installDependencies } from './steps/dependencies.mjs';
import { root } from './steps/paths.mjs';
import { run } from './steps/run.mjs';

try {
  await installPackages('the pictures', browser);
  await installDependencies();
  await setUpCodeServer();
  await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'pictures'], { show: true, log: 'pictures' });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
