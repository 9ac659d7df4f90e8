import { join } from 'node:path';
import { installIntoCodeServer, setUpCodeServer } from '../../scripts/steps/codeServer.mjs';
import { packageExtension } from '../../scripts/steps/extension.mjs';
import { cache } from '../../scripts/steps/paths.mjs';
import { testExtensions } from '../support/server';

/** Packages the extension and installs it into the VS Code of the tests, once for all files; skips what is up to date. */
export async function setup(): Promise<void> {
  await packageExtension();
  await setUpCodeServer();
  await installIntoCodeServer(testExtensions, join(cache, 'test', 'install'));
}
