import { join } from 'node:path';
import { run } from '../../src/cli/run';

/** The command line as `src/cli/main.ts` starts it, but with the repository's models wherever the bundle lies. */
void run(process.argv.slice(2), join(process.cwd(), 'models')).then((code) => {
  process.exitCode = code;
});
