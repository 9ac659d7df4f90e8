import { join } from 'node:path';
import { run } from './run';

/** Entry of the command line, bundled as `dist/cli.js`; the models that come with Headlight lie beside `dist`. */
const builtInModels = join(__dirname, '..', 'models');

void run(process.argv.slice(2), builtInModels).then((code) => {
  process.exitCode = code;
});
