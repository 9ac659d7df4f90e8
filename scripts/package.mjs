/** `npm run package`: builds dist/ and packages it with the models as a VSIX in out/. */
import { packageExtension } from './steps/extension.mjs';
import { vsix } from './steps/paths.mjs';

try {
  await packageExtension({ dev: process.argv.includes('--dev') });
  console.log(vsix);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
